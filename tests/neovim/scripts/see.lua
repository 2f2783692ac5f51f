-- What a reader sees: a diagnostic, a hint, a hover.
local answer = {}
answer.diagnostic = found()[1]
answer.diagnostic.namespace, answer.diagnostic.user_data = nil, nil

answer.hint = shown(function()
  return vim.lsp.inlay_hint.get({ bufnr = 0 })[1]
end).inlay_hint

cursor_on(answer.diagnostic)
vim.lsp.buf.hover()
answer.hover = shown(floating)
answer.root, answer.encoding = client().root_dir, client().offset_encoding
return answer
