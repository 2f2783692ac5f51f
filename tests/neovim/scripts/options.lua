-- What the options switch on appears by itself, and follows the text.
local answer = {}
local function hint()
  local first = vim.lsp.inlay_hint.get({ bufnr = 0 })[1]
  return first and first.inlay_hint
end
local function lens()
  local first = vim.lsp.codelens.get(0)[1]
  return first and first.command and first.command.title
end
shown(hint, 'a hint')
answer.lens = shown(lens, 'a lens')

-- how findings look is decided for goescape alone
local namespace = vim.lsp.diagnostic.get_namespace(client().id, false)
local mine = vim.diagnostic.config(nil, namespace)
answer.own, answer.everybody = mine.virtual_text, vim.diagnostic.config().virtual_text

-- a line above: the hint moves with its value, before anything is saved
local before = hint().position.line
vim.api.nvim_buf_set_lines(0, 2, 2, false, { '// a line', '// and another' })
shown(function()
  return hint() and hint().position.line == before + 2
end, 'the hint two lines below')

-- the allocation goes: so do its hint and its lens
local last = vim.api.nvim_buf_line_count(0)
vim.api.nvim_buf_set_lines(0, last - 1, last, false, { 'func Text(n int) string { return "" }' })
vim.api.nvim_buf_set_lines(0, 4, 6, false, {})
vim.cmd.write()
found(0)
shown(function()
  return not hint() and not lens()
end, 'neither hint nor lens')
vim.cmd.undo()
vim.cmd.undo()
vim.cmd.write()
found(1)
shown(function()
  return hint() and lens()
end, 'both again')
return answer
