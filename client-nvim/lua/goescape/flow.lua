--- The way to the heap as a list to jump along.
local goescape = require('goescape')
local server = require('goescape.server')

local M = {}

---@class goescape.Step
---@field message string
---@field location? lsp.Location

--- A step as an entry of a list; one without a place is only read.
---@param step goescape.Step
---@param encoding string
local function item(step, encoding)
  if not step.location or step.location == vim.NIL then
    return { text = step.message, valid = 0 }
  end
  local entry = vim.lsp.util.locations_to_items({ step.location }, encoding)[1]
  entry.text, entry.user_data = step.message, nil
  return entry
end

--- Show places as a list.
---@param title string
---@param steps goescape.Step[]
---@param encoding string
function M.show(title, steps, encoding)
  local items = vim.tbl_map(function(step)
    return item(step, encoding)
  end, steps)
  local what = { title = title, items = items }
  local height = math.min(#items, 10)
  if goescape.options().list == 'quickfix' then
    vim.fn.setqflist({}, ' ', what)
    vim.cmd('botright copen ' .. height)
  else
    vim.fn.setloclist(0, {}, ' ', what)
    vim.cmd('lopen ' .. height)
  end
end

--- Ask the server for places and show them.
---@param buffer integer
---@param command string
---@param arguments any[]
local function ask(buffer, command, arguments)
  local title = command == 'goescape.showFlow' and 'Why this is on the heap' or 'Allocations'
  server.ask(buffer, command, arguments, function(steps)
    if type(steps) == 'table' and #steps > 0 then
      M.show('goescape: ' .. title, steps, 'utf-16')
    end
  end)
end

--- A code action or a code lens of the server.
---@param command lsp.Command
---@param context { bufnr: integer }
function M.on_command(command, context)
  ask(context.bufnr, command.command, command.arguments)
end

---@param site { location: lsp.Location }
---@param position lsp.Position
local function covers(site, position)
  local from, to = site.location.range.start, site.location.range['end']
  local function before(a, b)
    return a.line < b.line or (a.line == b.line and a.character <= b.character)
  end
  return before(from, position) and before(position, to)
end

--- The site under the cursor, else the first one of its line.
---@param sites { location: lsp.Location, flow: any[] }[]
---@param position lsp.Position
local function chosen(sites, position)
  local inside, line
  for _, site in ipairs(sites) do
    if covers(site, position) then
      inside = site
    end
    if site.location.range.start.line == position.line then
      line = line or site
    end
  end
  return inside or line
end

--- Show why the value under the cursor is on the heap.
function M.here()
  local buffer = vim.api.nvim_get_current_buf()
  local position = vim.lsp.util.make_position_params(0, 'utf-16').position
  server.ask(buffer, 'goescape.file', { vim.uri_from_bufnr(buffer) }, function(file)
    local site = type(file) == 'table' and chosen(file.sites, position)
    if site then
      ask(buffer, 'goescape.showFlow', site.flow)
    else
      server.notify('nothing on this line is on the heap.')
    end
  end)
end

return M
