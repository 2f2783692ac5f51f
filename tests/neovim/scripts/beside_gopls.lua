-- Two servers on one buffer.
local answer = {}
found(1)
local function other()
  return vim.lsp.get_clients({ name = 'gopls', bufnr = 0 })[1]
end
shown(function()
  return other() and other().initialized
end)
answer.encodings = { client().offset_encoding, other().offset_encoding }

-- a mistake that gopls sees, and what the compiler still knows of the text on disk
local function of_gopls()
  local namespace = vim.lsp.diagnostic.get_namespace(other().id, false)
  return vim.diagnostic.get(0, { namespace = namespace })
end
vim.api.nvim_buf_set_lines(0, -1, -1, false, { 'func unused() { x := 1 }' })
shown(function()
  return #of_gopls() > 0
end, 'a diagnostic of gopls')
answer.together = { #of_gopls(), #findings() }
vim.cmd.undo()
shown(function()
  return #of_gopls() == 0
end)

-- hints: both servers have some, each once
vim.lsp.inlay_hint.enable(true)
answer.hints = shown(function()
  local known, owners = {}, {}
  for _, hint in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do
    local name = vim.lsp.get_client_by_id(hint.client_id).name
    local label = hint.inlay_hint.label
    local words = type(label) == 'string' and label or label[1].value
    table.insert(known, name .. ': ' .. vim.trim(words))
    owners[name] = true
  end
  table.sort(known)
  return owners.gopls and owners.goescape and known
end, 'hints of both')

-- Neovim 0.11 draws hints of two servers wrongly after an edit (its issue 36318)
vim.lsp.inlay_hint.enable(false)

-- hover: one window, a part for each
local finding = found(1)[1]
cursor_on(finding)
vim.lsp.buf.hover()
answer.hover = shown(function()
  local window = floating()
  return window and window:find('gopls') and window:find('goescape') and window
end, 'a hover of both')

-- actions: one list, each with its server's name
shown(function()
  return vim.iter(offered()):any(preferred)
end)
vim.ui.select = function(items, options, choose)
  answer.actions = vim.tbl_map(options.format_item, items)
  answer.owners = vim.tbl_map(function(item)
    return vim.lsp.get_client_by_id(item.ctx.client_id).name
  end, items)
  choose(nil)
end
vim.lsp.buf.code_action()
shown(function()
  return answer.actions
end)
local before = text()
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action)
    return action.title:find('checked with go') ~= nil
  end,
})
shown(function()
  return text() ~= before
end)
vim.cmd.write()
found(0)
answer.fixed = text()

vim.cmd('checkhealth goescape')
answer.health = text()
answer.heard = heard
answer.messages = vim.fn.execute('messages')
return answer
