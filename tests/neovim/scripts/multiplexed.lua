-- gopls and goescape behind one connection, which some editors need.
local function of(source)
  return function()
    return vim.iter(vim.diagnostic.get(0)):find(function(each)
      return (each.source == 'goescape') == (source == 'goescape') and each
    end)
  end
end

shown(function()
  return client() and client().initialized
end, 'a server')

local finding = shown(of('goescape'), 'a diagnostic of goescape')
vim.api.nvim_buf_set_lines(0, -1, -1, false, { 'func unused() { x := 1 }' })
shown(of('gopls'), 'a diagnostic of gopls')
vim.cmd.undo()
local answer = { server = client().server_info, heard = heard }
cursor_on(finding)
shown(function()
  return vim.iter(offered()):any(preferred)
end, 'a fix')
local before = text()
vim.lsp.buf.code_action({ apply = true, filter = preferred })
shown(function()
  return text() ~= before
end)
vim.cmd.write()
shown(function()
  return not of('goescape')()
end)
answer.fixed = text()
vim.cmd('GoEscape doctor')
shown(function()
  return vim.api.nvim_buf_get_name(0):find('goescape://doctor')
end)
answer.doctor = text()
return answer
