-- Every sub-command, one after the other, as a user would type them.
local answer = {}

answer.completed = vim.fn.getcompletion('GoEscape ', 'cmdline')
answer.completed_a = vim.fn.getcompletion('GoEscape a', 'cmdline')
answer.completed_further = vim.fn.getcompletion('GoEscape analyze ', 'cmdline')

vim.cmd.GoEscape()
vim.cmd.GoEscape('nonsense')
vim.cmd('GoEscape analyze nonsense')
answer.refused = said()

local all = found()
shown(function()
  return require('goescape').status():find('on the heap')
end)
answer.status = require('goescape').status()

-- flow: a location list to jump along
vim.iter(all):any(function(finding)
  if finding.code == 'returned' then
    cursor_on(finding)
    return true
  end
end)
local window = vim.api.nvim_get_current_win()
vim.cmd('GoEscape flow')
shown(function()
  return vim.fn.getloclist(window, { size = 0 }).size > 1
end)
local list = vim.fn.getloclist(window, { items = 0, title = 0 })
answer.flow = { title = list.title, steps = {} }
for _, step in ipairs(list.items) do
  table.insert(answer.flow.steps, { step.text, step.lnum, step.col, step.valid })
end
vim.api.nvim_set_current_win(window)
vim.cmd.llast()
answer.flow.jumped = vim.api.nvim_win_get_cursor(window)
vim.cmd.lclose()

-- a line without allocation
vim.api.nvim_win_set_cursor(0, { 1, 0 })
vim.cmd('GoEscape flow')
shown(function()
  return vim.iter(said()):any(function(line)
    return line:find('nothing on this line')
  end)
end)

-- the light bulb's command and the code lens fill lists too
vim.lsp.codelens.refresh({ bufnr = 0 })
local lens = shown(function()
  return vim.lsp.codelens.get(0)[1]
end)
vim.g.goescape = { list = 'quickfix' }
client():exec_cmd(lens.command, { bufnr = 0 })
shown(function()
  return vim.fn.getqflist({ size = 0 }).size > 0
end)
answer.allocations = vim.fn.getqflist({ title = 0 }).title
vim.cmd.cclose()

-- toggle: findings disappear from the screen, and come back
local namespace = vim.lsp.diagnostic.get_namespace(client().id, false)
vim.cmd('GoEscape toggle')
answer.hidden = not vim.diagnostic.is_enabled({ ns_id = namespace })
vim.cmd('GoEscape toggle')
answer.shown = vim.diagnostic.is_enabled({ ns_id = namespace })

-- hints: on, off, on again
local function hints()
  return #vim.lsp.inlay_hint.get({ bufnr = 0 })
end
vim.cmd('GoEscape hints')
shown(function()
  return hints() > 0
end)
vim.cmd('GoEscape hints')
shown(function()
  return hints() == 0
end)
vim.cmd('GoEscape hints')
shown(function()
  return hints() > 0
end)

-- analyze: the other files' findings come without being opened
vim.cmd('GoEscape analyze')
vim.cmd('GoEscape analyze workspace')
shown(function()
  local other = vim.fn.bufnr('too_large.go')
  return other > 0 and #vim.diagnostic.get(other) > 0
end)

-- log and doctor open windows of text
vim.cmd('GoEscape log')
answer.log = text()
vim.cmd.close()
vim.cmd('GoEscape doctor')
shown(function()
  return vim.api.nvim_buf_get_name(0):find('goescape://doctor')
end)
answer.doctor = text()
vim.cmd.close()

-- restart: another server, the same findings
local before = client().id
vim.cmd('GoEscape restart')
shown(function()
  return client() and client().id ~= before
end)
answer.again = #found(#all)

vim.cmd('checkhealth goescape')
answer.health = text()
vim.cmd('help goescape')
answer.help = vim.api.nvim_buf_get_name(0)
return answer
