-- What is said when two Go files are opened with a command that does not work.
local file = vim.api.nvim_buf_get_name(0)
shown(function()
  return vim.iter(said()):any(function(line)
    return line:find(vim.env.SAID, 1, true)
  end)
end, vim.env.SAID)
vim.cmd.edit({ bang = true })
vim.cmd.edit(vim.fs.dirname(file) .. '/other.go')
vim.fn.writefile({ 'package fixed' }, vim.api.nvim_buf_get_name(0))
vim.cmd.edit({ bang = true })
vim.cmd('checkhealth goescape')
return { said = said(), health = text() }
