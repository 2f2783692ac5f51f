--- `:checkhealth goescape`
local doctor = require('goescape.doctor')
local server = require('goescape.server')

local M = {}
local health = vim.health
local SECONDS = 60

local function neovim()
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok(vim.fn.execute('version'):match('NVIM [^\n]*'))
  else
    health.error('Neovim is older than 0.11', 'Install a newer one.')
  end
  if server.is_enabled() then
    health.ok('goescape is enabled')
  else
    health.warn('goescape is off', "Put vim.lsp.enable('goescape') into init.lua.")
  end
end

local function command()
  local words = server.command()
  if not words then
    health.info('a function starts the server')
  elseif vim.fn.executable(words[1]) == 1 then
    health.ok('command: ' .. table.concat(words, ' ') .. ' (' .. vim.fn.exepath(words[1]) .. ')')
  else
    health.error(words[1] .. ' cannot be run', {
      'Install goescape: pipx install, or uv tool install.',
      "Or name it: vim.lsp.config('goescape', { cmd = { '/path/to/goescape', 'server' } })",
    })
    return false
  end
  return words ~= nil
end

--- The lines of `goescape doctor`, each with its weight.
local function report_doctor()
  local text
  doctor.run(vim.api.nvim_get_current_buf(), function(lines)
    text = lines
  end)
  if not vim.wait(SECONDS * 1000, function()
    return text ~= nil
  end, 20) then
    health.warn('goescape doctor did not answer')
    return
  end
  for _, line in ipairs(text) do
    local problem = line:match('^Problem: (.*)')
    if problem then
      health.warn(problem)
    else
      health.info(line)
    end
  end
end

local function clients()
  local running = vim.lsp.get_clients({ name = 'goescape' })
  if #running == 0 then
    health.info('no server runs; it starts when a Go file is opened')
  end
  for _, client in ipairs(running) do
    server.check_version(client)
    local version = (client.server_info or {}).version or 'of unknown version'
    local status = server.last_status(client) or {}
    health.ok(('server %s in %s, %s'):format(version, client.root_dir, client.offset_encoding))
    if (status.message or '') ~= '' then
      health.info(status.message)
    end
    for buffer in pairs(client.attached_buffers) do
      for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
        if other.offset_encoding ~= client.offset_encoding then
          local text = '%s counts in %s, goescape in %s: some plugins mix them up'
          health.warn(text:format(other.name, other.offset_encoding, client.offset_encoding))
        end
      end
    end
  end
end

function M.check()
  health.start('goescape')
  neovim()
  if command() then
    report_doctor()
  end
  health.start('goescape: servers')
  clients()
end

return M
