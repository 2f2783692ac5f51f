-- Buffers that are no files, files that are no packages, and what users do to both.
local answer = {}
local root = vim.fs.dirname(vim.api.nvim_buf_get_name(0))
local function open(name)
  vim.cmd.edit(root .. '/' .. name)
  return vim.api.nvim_get_current_buf()
end
found(1)
local first = client()

-- no name; a name that is no file
vim.cmd.enew()
vim.bo.filetype = 'go'
answer.nameless = #vim.lsp.get_clients({ bufnr = 0 })
vim.cmd('GoEscape flow')
answer.advice = last()
local other = vim.api.nvim_create_buf(true, false)
vim.api.nvim_buf_set_name(other, 'fugitive://' .. root .. '/.git//0/p.go')
vim.api.nvim_set_current_buf(other)
vim.bo.filetype = 'go'
answer.fugitive = #vim.lsp.get_clients({ bufnr = other })
vim.bo.modified = false

-- a comparison of a file with a scratch buffer
open('p.go')
vim.cmd('vertical new | setlocal buftype=nofile filetype=go | wincmd p')
vim.cmd.windo('diffthis')
open('p.go')
answer.diffed = #found(1)
vim.cmd('diffoff! | only')

-- another folder to work in; read again from the disk
vim.cmd.cd('/')
vim.cmd.edit({ bang = true })
vim.cmd.write()
answer.elsewhere = #found(1)
answer.same_server = client().id == first.id

-- outside of every module
open('../lone.go')
answer.lone = #found(1)

-- a library that a definition led to: no server of its own
open('../pkg/mod/example.com/lib@v1.0.0/lib.go')
answer.library = #found(1)
answer.library_server = client().id == first.id

-- a file that is too large for anybody
open('huge/huge.go')
shown(client)
open('p.go')
vim.cmd.write()
found(1)

-- thirty buffers, written at once
local many = {}
for number = 1, 30 do
  local buffer = open(('many/f%d.go'):format(number))
  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { '// changed' })
  table.insert(many, buffer)
end
vim.cmd.wall()
for _, buffer in ipairs(many) do
  found(1, buffer)
end
answer.unsaved = #vim.fn.getbufinfo({ bufmodified = 1 })

-- renamed in netrw, then opened under its new name
vim.cmd.edit(root .. '/rename')
vim.fn.search('^old.go')
vim.api.nvim_input('<C-u>' .. root .. '/rename/new.go<CR>') -- the answer to its question
vim.fn.feedkeys('R', 'x')
shown(function()
  return vim.uv.fs_stat(root .. '/rename/new.go')
end)
answer.renamed = #found(1, open('rename/new.go'))

-- two tabs, two modules, a server for each
vim.cmd.tabedit(root .. '/../second/s.go')
answer.second = #found(1)
answer.roots = { vim.fs.basename(first.root_dir), vim.fs.basename(client().root_dir) }
vim.cmd.tabprevious()
open('p.go')
answer.first_again = #found(1)
answer.said = said()
return answer
