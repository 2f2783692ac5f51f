-- The server is killed again and again, as the kernel does when memory runs out.
local answer = {}

local function kill()
  local known = client()
  for _, process in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
    vim.uv.kill(process, 'sigkill')
  end
  shown(function()
    return client() ~= known
  end)
end

for _ = 1, 3 do
  found(1)
  kill()
end
found(1)
kill()
shown(function()
  return last():find('the server crashed')
end)
answer.said, answer.runs = last(), client() ~= nil

vim.cmd('GoEscape flow')
answer.advice = last()
vim.cmd('GoEscape restart')
answer.again = #found(1)

-- what the user stops stays stopped
vim.lsp.enable('goescape', false)
shown(function()
  return not client()
end)
vim.cmd('GoEscape flow')
answer.off = last()
vim.cmd('GoEscape restart')
answer.still_off = last()
return answer
