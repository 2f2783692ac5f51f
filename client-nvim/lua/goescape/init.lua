--- Options and the status line; everything else is behind `:GoEscape`.
local M = {}

--- The oldest server that this plugin works with.
M.SERVER = '0.1.0'

---@class goescape.Options
local DEFAULTS = {
  --- Show inlay hints in Go buffers that goescape works on.
  inlay_hints = false,
  --- Show code lenses there.
  codelens = false,
  --- |vim.diagnostic.Opts| for goescape's own findings: signs, virtual text, underlines by rank.
  diagnostics = {},
  --- Where `:GoEscape flow` puts the steps: 'loclist' or 'quickfix'.
  list = 'loclist',
}

--- The options: `vim.g.goescape` over the defaults.
---@return goescape.Options
function M.options()
  return vim.tbl_extend('force', DEFAULTS, vim.g.goescape or {})
end

--- For plugin managers that call it: keep the options and switch goescape on.
---@param options? goescape.Options
function M.setup(options)
  vim.g.goescape = vim.tbl_extend('force', vim.g.goescape or {}, options or {})
  vim.lsp.enable('goescape')
end

--- A few words for a status line; empty where goescape does not work.
---@param buffer? integer
---@return string
function M.status(buffer)
  return require('goescape.server').status(buffer or vim.api.nvim_get_current_buf())
end

return M
