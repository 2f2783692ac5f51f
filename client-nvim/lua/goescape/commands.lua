--- `:GoEscape` and its sub-commands.
local server = require('goescape.server')

local M = {}

--- Text in a window of its own, which `q` closes.
---@param name string
---@param text string[]
local function show_text(name, text)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, text)
  vim.bo[buffer].bufhidden, vim.bo[buffer].modifiable = 'wipe', false
  vim.cmd('botright sbuffer ' .. buffer)
  vim.api.nvim_buf_set_name(buffer, ('goescape://%s/%d'):format(name, buffer))
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true })
  vim.cmd('normal! G')
end

local function analyze(words)
  local buffer = vim.api.nvim_get_current_buf()
  if words[1] == 'workspace' then
    server.ask(buffer, 'goescape.analyzeWorkspace', {})
  elseif words[1] == 'pause' then
    server.ask(buffer, 'goescape.pauseWorkspaceAnalysis', {})
  else
    server.ask(buffer, 'goescape.analyzePackage', { vim.uri_from_bufnr(buffer) })
  end
end

local function log()
  local text = vim.list_extend({}, server.log())
  table.insert(text, "Messages and errors are in Neovim's own log: " .. vim.lsp.log.get_filename())
  show_text('log', text)
end

local function doctor()
  local buffer = vim.api.nvim_get_current_buf()
  require('goescape.doctor').run(buffer, function(text)
    show_text('doctor', text)
  end)
end

--- `words` are those that may follow, `complete` offers others that may.
---@type table<string, { run: fun(words: string[]), words?: string[], complete?: fun(lead: string): string[] }>
local COMMANDS = {
  analyze = { run = analyze, words = { 'pause', 'workspace' } },
  bench = {
    run = function()
      require('goescape.profiles').bench()
    end,
  },
  doctor = { run = doctor },
  flow = {
    run = function()
      require('goescape.flow').here()
    end,
  },
  hints = {
    run = function()
      local buffer = vim.api.nvim_get_current_buf()
      if server.require_client(buffer) then
        require('goescape.show').toggle_hints(buffer)
      end
    end,
  },
  log = { run = log },
  profile = {
    run = function(words)
      require('goescape.profiles').profile(words)
    end,
    complete = function(lead)
      return require('goescape.profiles').complete(lead)
    end,
  },
  restart = { run = server.restart },
  toggle = {
    run = function()
      if server.require_client(vim.api.nvim_get_current_buf()) then
        require('goescape.show').toggle()
      end
    end,
  },
}

---@param names string[]
local function listed(names)
  table.sort(names)
  return table.concat(names, ', ')
end

--- Run what the user wrote; a wrong word says which ones there are.
---@param words string[]
function M.run(words)
  local command = COMMANDS[words[1] or '']
  if not command then
    server.notify('say one of ' .. listed(vim.tbl_keys(COMMANDS)) .. '.', vim.log.levels.WARN)
    return
  end
  local rest = vim.list_slice(words, 2)
  local allowed = command.words or {}
  local wrong = rest[1] and not command.complete and not vim.list_contains(allowed, rest[1])
  if #rest > 1 or wrong then
    local takes = #allowed > 0 and ('takes only ' .. listed(allowed))
      or command.complete and 'takes one word'
      or 'takes nothing more'
    server.notify(('%s %s.'):format(words[1], takes), vim.log.levels.WARN)
    return
  end
  command.run(rest)
end

--- What may follow.
---@param lead string
---@param line string
function M.complete(lead, line)
  local words = vim.api.nvim_parse_cmd(line, {}).args
  local given = lead == '' and #words or #words - 1
  local names = {}
  if given == 0 then
    names = vim.tbl_keys(COMMANDS)
  elseif given == 1 then
    local command = COMMANDS[words[1]] or {}
    names = command.complete and command.complete(lead) or command.words or {}
  end
  local fits = vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names)
  table.sort(fits)
  return fits
end

return M
