return {
  cmd = { 'goescape', 'server' },
  filetypes = { 'go' },
  -- the whole workspace where there is one, else the module; only for files on a disk
  root_dir = function(buffer, found)
    local file = vim.api.nvim_buf_get_name(buffer)
    if file ~= '' and not file:find('^%a[%w+.-]+://') then
      local root = vim.fs.root(file, 'go.work') or vim.fs.root(file, 'go.mod')
      -- a library belongs to the server that is there already
      local running = vim.lsp.get_clients({ name = 'goescape' })[1]
      local shared = file:find('/pkg/mod/', 1, true) and running
      found(shared and shared.root_dir or root or vim.fs.dirname(file))
    end
  end,
  -- the encoding of gopls, which works on the same buffer
  capabilities = { general = { positionEncodings = { 'utf-16' } } },
  settings = { goescape = {} },
}
