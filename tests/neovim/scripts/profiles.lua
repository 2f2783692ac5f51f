-- Profiles are loaded, listed and forgotten; benchmarks are run.
local answer = {}
found()
local function line_of(text)
  return vim.fn.search(text, 'w')
end
local function hover()
  line_of('&Point{')
  vim.fn.search('&Point{', 'c')
  vim.lsp.buf.hover()
  local shows = shown(floating, 'a hover')
  vim.cmd('fclose!')
  return shows
end

vim.cmd('GoEscape profile')
answer.nothing = shown(last, 'that there is none')
vim.cmd.cd(vim.fn.expand('%:p:h'))
answer.completed = vim.fn.getcompletion('GoEscape profile mem\\ ', 'cmdline')
vim.cmd('GoEscape profile ' .. answer.completed[1])
shown(function()
  return hover():find('of all allocations') ~= nil
end, 'a share')
answer.hover = hover()

local window = vim.api.nvim_get_current_win()
vim.cmd('GoEscape profile')
local list = shown(function()
  local known = vim.fn.getloclist(window, { title = 0, items = 0 })
  return #known.items > 0 and known
end, 'the list')
answer.top = {
  title = list.title,
  texts = vim.tbl_map(function(item)
    return item.text
  end, list.items),
}
vim.api.nvim_set_current_win(window)

vim.cmd('GoEscape profile off')
shown(function()
  return hover():find('of all allocations') == nil
end, 'no share')
answer.off = hover()

vim.cmd('GoEscape bench')
answer.measured = shown(function()
  return (last() or ''):find('benchmarks measured') and last()
end, 'what was measured')
return answer
