--- What the program really allocated: profiles, benchmarks, and the list of what allocates most.
local flow = require('goescape.flow')
local server = require('goescape.server')

local M = {}

---@class goescape.Source
---@field function string
---@field message string
---@field share string
---@field location? lsp.Location

--- What allocates most, as a list to jump along.
---@param buffer integer
local function top(buffer)
  server.ask(buffer, 'goescape.topAllocations', {}, function(allocations)
    if type(allocations) ~= 'table' then
      server.notify('no profile is loaded: name one, as go test -memprofile writes it.')
      return
    end
    local steps = vim.tbl_map(function(source)
      local name = source['function']:gsub('^.*/', '')
      local message = ('%s: %s: %s'):format(source.share, name, source.message)
      return { message = message, location = source.location }
    end, allocations.sources)
    flow.show('goescape: Top allocations', steps, 'utf-16')
  end)
end

--- `:GoEscape profile`: show what allocates most, load a file, or forget all with `off`.
---@param words string[]
function M.profile(words)
  local buffer = vim.api.nvim_get_current_buf()
  if not words[1] then
    top(buffer)
  elseif words[1] == 'off' then
    server.ask(buffer, 'goescape.removeProfile', {})
  else
    local file = vim.fn.fnamemodify(words[1], ':p')
    server.ask(buffer, 'goescape.loadProfile', { file })
  end
end

--- Files, and the word that forgets them; blanks have a backslash, here as in the command.
---@param lead string
function M.complete(lead)
  local plain = lead:gsub('\\(%s)', '%1')
  local files = vim.tbl_map(function(file)
    return (file:gsub('%s', '\\%0'))
  end, vim.fn.getcompletion(plain, 'file'))
  return vim.list_extend({ 'off' }, files)
end

--- `:GoEscape bench`: run the benchmarks of the buffer's package.
function M.bench()
  local buffer = vim.api.nvim_get_current_buf()
  server.ask(buffer, 'goescape.bench', { vim.uri_from_bufnr(buffer) }, function(measured)
    if type(measured) == 'table' then
      server.notify(('%d benchmarks measured; `:GoEscape profile` shows where.'):format(#measured))
    end
  end)
end

return M
