--- What the command itself says: `goescape doctor`.
local server = require('goescape.server')

local M = {}
local SECONDS = 60

--- The command without what makes it a server; nil when a function starts it.
---@return string[]?
local function terminal()
  local command = server.command()
  local last = command and vim.fn.index(command, 'server') or -1
  local first = 1
  for place = 1, last do
    if command[place] == '--' then
      first = place + 1 -- behind it stands what a multiplexer starts
    end
  end
  return last >= first and vim.list_slice(command, first, last) or nil
end

---@param buffer integer
local function folder(buffer)
  local client = server.client(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  local on_disk = name ~= '' and not name:find('^%a[%w+.-]+://')
  return client and client.root_dir or on_disk and vim.fs.dirname(name) or vim.fn.getcwd()
end

--- The Go that the settings name.
local function go()
  local settings = (vim.lsp.config.goescape or {}).settings or {}
  local own = settings.goescape or {}
  return own['go.path'] or vim.tbl_get(own, 'go', 'path') or ''
end

--- Run `goescape doctor`; what it says, or why it cannot, reaches `on_result`.
---@param buffer integer
---@param on_result fun(text: string[], code: integer)
function M.run(buffer, on_result)
  local command = terminal()
  if not command then
    return on_result({ 'A function starts the server: there is no command to ask.' }, 1)
  end
  vim.list_extend(command, { 'doctor', '--color', 'never', '-C', folder(buffer) })
  if go() ~= '' then
    vim.list_extend(command, { '--go', go() })
  end
  local function done(result)
    local text = vim.trim(result.stdout .. result.stderr)
    on_result(vim.split(text, '\n'), result.code)
  end
  local options = { text = true, timeout = SECONDS * 1000 }
  local started, problem = pcall(vim.system, command, options, vim.schedule_wrap(done))
  if not started then
    local advice = 'install goescape, or name it in vim.lsp.config: see `:help goescape-start`.'
    on_result({ ('%s cannot be run (%s);'):format(command[1], problem), advice }, 1)
  end
end

return M
