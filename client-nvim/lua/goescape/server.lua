--- The server: whether it can run, what it says, and what happens when it ends.
local goescape = require('goescape')
local shared = require('goescape.shared')

local M = {}

local NAME = 'goescape'
local MOST_LINES = 1000
--- Milliseconds before the first restart; each further one has twice the delay.
local FIRST_RESTART_DELAY = 500
--- How long (milliseconds) a server may take to stop.
local STOP_TIMEOUT = 5000
local SIGTERM = 15
local OFF = "it is off; put `vim.lsp.enable('goescape')` into your init.lua"

---@type table<integer, { state: string, message: string, go: string }> by client
local statuses = {}
---@type string[]
local lines = {}
---@type table<string, number[]> when the server of a folder crashed
local crashes = {}
---@type table<integer, boolean> clients that were stopped on purpose
local stopped = {}
local notified = {}

---@param text string
---@param level? integer
function M.notify(text, level)
  vim.notify('goescape: ' .. text, level or vim.log.levels.INFO)
end

--- The client of a buffer.
---@param buffer integer
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = NAME, bufnr = buffer })[1]
end

--- The client of a buffer; says what to do where there is none.
---@param buffer integer
---@return vim.lsp.Client?
function M.require_client(buffer)
  local client = M.client(buffer)
  if not client and not M.check_command() then
    local why = M.is_enabled() and 'no server works on this buffer; open a Go file of yours'
      or OFF
    M.notify(why .. ' (`:checkhealth goescape` tells more).', vim.log.levels.WARN)
  end
  return client
end

--- Ask for a command of the server; `answer` gets its result.
---@param buffer integer
---@param command string
---@param arguments any[]
---@param answer? fun(result: any)
function M.ask(buffer, command, arguments, answer)
  local client = M.require_client(buffer)
  if not client then
    return
  end
  local request = { command = command, arguments = arguments }
  client:request('workspace/executeCommand', request, function(problem, result)
    if problem then
      M.notify(problem.message, vim.log.levels.ERROR)
    elseif answer then
      answer(result)
    end
  end, buffer)
end

---@return boolean
function M.is_enabled()
  return vim.lsp.is_enabled(NAME)
end

--- The configured command; nil when a function starts the server.
---@return string[]?
function M.command()
  local configured = vim.lsp.config[NAME]
  local command = configured and configured.cmd
  return type(command) == 'table' and command or nil
end

---@param text string
---@param level integer
local function notify_once(text, level)
  if not notified[text] then
    notified[text] = true
    M.notify(text, level)
  end
end

--- Say once that the command cannot be found.
---@return boolean missing
function M.check_command()
  local command = M.command()
  if not M.is_enabled() or not command or vim.fn.executable(command[1]) == 1 then
    return false
  end
  local advice = '`%s` cannot be run; install goescape (pipx install), or name it: '
    .. "vim.lsp.config('goescape', { cmd = { '/path/to/goescape', 'server' } })"
  notify_once(advice:format(command[1]), vim.log.levels.WARN)
  return true
end

--- Say once that the server is older than the plugin; a multiplexer's version says nothing.
---@param client vim.lsp.Client
function M.check_version(client)
  local info = client.server_info or {}
  local version = info.name == NAME and vim.version.parse(info.version or '') or nil
  if version and vim.version.lt(version, goescape.SERVER) then
    local text = 'server %s is older than this plugin, which needs %s; upgrade it (pipx upgrade).'
    notify_once(text:format(info.version, goescape.SERVER), vim.log.levels.WARN)
  end
end

---@type lsp.Handler
function M.on_status(_, status, context)
  statuses[context.client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'GoEscapeStatus', modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

---@type lsp.Handler
function M.on_log(problem, message, context)
  for line in vim.gsplit(message.message, '\n') do
    table.insert(lines, os.date('%H:%M:%S ') .. line)
  end
  while #lines > MOST_LINES do
    table.remove(lines, 1)
  end
  return vim.lsp.handlers['window/logMessage'](problem, message, context)
end

--- What the server said, oldest first.
---@return string[]
function M.log()
  return lines
end

--- The namespaces of a client's diagnostics: pushed ones and asked ones.
---@param client vim.lsp.Client
---@return integer[]
function M.namespaces(client)
  local namespaces = { vim.lsp.diagnostic.get_namespace(client.id, false) }
  local pulled = client.server_capabilities.diagnosticProvider
  if pulled then
    -- by the name that Neovim gives it: how to ask for it has changed
    local name = ('vim.lsp.%s.%d.%s'):format(NAME, client.id, pulled.identifier or 'nil')
    table.insert(namespaces, vim.api.nvim_create_namespace(name))
  end
  return namespaces
end

---@param client vim.lsp.Client
---@param buffer integer
local function count_text(client, buffer)
  local counts = vim.diagnostic.count(buffer, { namespace = M.namespaces(client) })
  local total = vim.iter(pairs(counts)):fold(0, function(sum, _, number)
    return sum + number
  end)
  local warnings = counts[vim.diagnostic.severity.WARN]
  if total == 0 then
    return shared.words.nothing
  end
  local text = shared.words.some:gsub('{total}', total)
  return warnings and text .. ', ' .. shared.words.matter:gsub('{number}', warnings) or text
end

---@param buffer integer
---@return string
function M.status(buffer)
  local client = M.client(buffer)
  if not client then
    return ''
  end
  local status = statuses[client.id] or { state = 'idle' }
  if status.state == 'analyzing' then
    return 'analysing'
  elseif status.state == 'error' then
    return status.problem == 'go' and shared.words.no_go or 'cannot analyse'
  end
  local waits = status.state == 'waiting' and ' (waiting: does not compile)' or ''
  return count_text(client, buffer) .. waits
end

--- What the server says of itself, in full.
---@param client vim.lsp.Client
function M.last_status(client)
  return statuses[client.id]
end

--- How often a folder's server has just crashed, this time included.
---@param folder string
local function record_crash(folder)
  local now = vim.uv.now()
  local series = vim.tbl_filter(function(time)
    return now - time < shared.crash_window
  end, crashes[folder] or {})
  table.insert(series, now)
  crashes[folder] = series
  return #series
end

--- Start what is missing: Neovim looks at every buffer again.
local function start()
  if M.is_enabled() and not M.check_command() then
    vim.lsp.enable(NAME)
  end
end

--- After a crash the server starts again, later each time, and in the end not at all.
---@param code integer
---@param signal integer
---@param id integer
function M.on_exit(code, signal, id)
  local client = vim.lsp.get_client_by_id(id)
  statuses[id] = nil
  local is_expected = (code == 0 and signal == 0) or signal == SIGTERM or stopped[id]
  if not client or is_expected or client._is_stopping then
    return
  end
  vim.schedule(function()
    if vim.v.exiting ~= vim.NIL then
      return
    end
    local number = record_crash(client.root_dir or '')
    if not client.initialized then
      notify_once('the server does not start; `:GoEscape doctor` tells why.', vim.log.levels.ERROR)
    elseif number > shared.most_restarts then
      local text = 'the server crashed %d times; see `:GoEscape log`, then `:GoEscape restart`.'
      M.notify(text:format(number), vim.log.levels.ERROR)
    else
      vim.defer_fn(start, FIRST_RESTART_DELAY * 2 ^ (number - 1))
    end
  end)
end

--- Whether one of these clients is still there; stops them by force if `force`.
---@param ids integer[]
---@param force boolean
local function any_running(ids, force)
  return vim.iter(ids):any(function(id)
    local client = vim.lsp.get_client_by_id(id)
    if client and force then
      client:stop(true)
    end
    return client ~= nil
  end)
end

--- Stop every server and start those that are needed.
function M.restart()
  if not M.is_enabled() then
    return M.notify(OFF .. '.', vim.log.levels.WARN)
  end
  crashes, notified = {}, {}
  local ids = {}
  for _, client in ipairs(vim.lsp.get_clients({ name = NAME, _uninitialized = true })) do
    table.insert(ids, client.id)
    stopped[client.id] = true
    client:stop()
  end
  local deadline = vim.uv.now() + STOP_TIMEOUT
  local function wait_until_stopped()
    if any_running(ids, vim.uv.now() > deadline) then
      vim.defer_fn(wait_until_stopped, 50)
    else
      start()
    end
  end
  wait_until_stopped()
end

return M
