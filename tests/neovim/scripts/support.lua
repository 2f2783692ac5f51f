-- What every script uses. Nothing here waits for a time: only for conditions.
local DEADLINE = 60000

--- Run a script and write its answer, or why there is none.
local function run()
  local ran, answer = xpcall(dofile, debug.traceback, vim.env.SCRIPT)
  if not ran then
    answer = { failed = answer, messages = vim.fn.execute('messages') }
  end
  vim.fn.writefile({ vim.json.encode(answer) }, vim.env.ANSWER)
  vim.cmd('qall!')
end

_G.heard = {}
vim.notify = function(line)
  table.insert(heard, line)
end

-- Only then has Neovim started, for a user as for plugins.
vim.api.nvim_create_autocmd('VimEnter', { callback = vim.schedule_wrap(run) })

--- Wait for a condition; its value.
function shown(condition, what)
  local value
  local function holds()
    value = condition()
    return value
  end
  if not vim.wait(DEADLINE, holds, 20) then
    error('never shown: ' .. (what or '') .. '\n' .. vim.fn.execute('messages'), 2)
  end
  return value
end

--- What goescape has said, as messages, since the start.
function said()
  return vim.tbl_filter(function(line)
    return vim.startswith(line, 'goescape: ')
  end, heard)
end

--- The newest of these messages.
function last()
  return said()[#said()]
end

function client(buffer)
  return vim.lsp.get_clients({ name = 'goescape', bufnr = buffer or 0 })[1]
end

--- goescape's findings of a buffer; nobody else's.
function findings(buffer)
  local known = client(buffer)
  local namespace = known and vim.lsp.diagnostic.get_namespace(known.id, false)
  return namespace and vim.diagnostic.get(buffer or 0, { namespace = namespace }) or {}
end

--- Wait until a buffer has this many findings (any number: at least one).
function found(number, buffer)
  return shown(function()
    local known = findings(buffer)
    return (number and #known == number or not number and #known > 0) and known
  end, ('%s findings'):format(number or 'some'))
end

function text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer or 0, 0, -1, false), '\n')
end

function cursor_on(finding)
  vim.api.nvim_win_set_cursor(0, { finding.lnum + 1, finding.col })
end

--- The text of the window that floats.
function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return text(vim.api.nvim_win_get_buf(window))
    end
  end
end

--- The actions that goescape offers where the cursor is.
function offered()
  local known = client()
  local request = vim.lsp.util.make_range_params(0, known.offset_encoding)
  request.context = { diagnostics = {} }
  local reply = known:request_sync('textDocument/codeAction', request, 10000, 0)
  return reply and reply.result or {}
end

function preferred(action)
  return action.kind == 'quickfix' and action.isPreferred
end
