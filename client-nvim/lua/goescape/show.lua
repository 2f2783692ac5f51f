--- What the options ask for: hints, lenses, and how findings look. Neovim draws all of it.
local goescape = require('goescape')
local server = require('goescape.server')

local M = {}

---@param client vim.lsp.Client
---@param buffer integer
function M.attached(client, buffer)
  local options = goescape.options()
  for _, namespace in ipairs(server.namespaces(client)) do
    vim.diagnostic.config(options.diagnostics, namespace)
  end
  if options.inlay_hints then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  M.lenses(buffer)
end

--- Ask for the code lenses of a buffer, where they are wanted.
---@param buffer integer
function M.lenses(buffer)
  if not goescape.options().codelens or not server.client(buffer) then
    return
  elseif not vim.lsp.codelens.enable then
    vim.lsp.codelens.refresh({ bufnr = buffer })
  elseif not vim.lsp.codelens.is_enabled({ bufnr = buffer }) then
    vim.lsp.codelens.enable(true, { bufnr = buffer }) -- Neovim 0.12 refreshes by itself then
  end
end

--- Neovim 0.11 does not answer this request itself.
---@type lsp.Handler
function M.on_lens_refresh(_, _, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  for buffer in pairs(client and client.attached_buffers or {}) do
    M.lenses(buffer)
  end
  return vim.NIL
end

--- Show or hide the findings of every buffer.
function M.toggle()
  local shown
  for _, client in ipairs(vim.lsp.get_clients({ name = 'goescape' })) do
    for _, namespace in ipairs(server.namespaces(client)) do
      local filter = { ns_id = namespace }
      if shown == nil then
        shown = not vim.diagnostic.is_enabled(filter)
      end
      vim.diagnostic.enable(shown, filter)
    end
  end
  server.notify(shown and 'findings are shown.' or 'findings are hidden.')
end

--- Show or hide goescape's inlay hints; those of other servers stay as they are.
---@param buffer integer
function M.toggle_hints(buffer)
  local drawn = vim.lsp.inlay_hint.is_enabled({ bufnr = buffer })
  local shown
  for _, client in ipairs(vim.lsp.get_clients({ name = 'goescape' })) do
    local settings = vim.tbl_deep_extend('force', { goescape = {} }, client.settings or {})
    local hints = settings.goescape.hints or {}
    if shown == nil then
      shown = not drawn or hints.enable == false
    end
    settings.goescape.hints = vim.tbl_extend('force', hints, { enable = shown })
    client.settings = settings
    client:notify('workspace/didChangeConfiguration', { settings = settings })
  end
  if shown and not drawn then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  server.notify(shown and 'hints are shown.' or 'hints are hidden.')
end

return M
