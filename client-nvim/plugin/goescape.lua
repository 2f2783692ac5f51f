-- What Neovim loads at its start: the rest waits until a server runs or a command is given.
if vim.g.loaded_goescape then
  return
end
vim.g.loaded_goescape = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('goescape: this plugin needs Neovim 0.11 or later.', vim.log.levels.ERROR)
  return
end

-- Neovim names a client's handlers in its configuration.
vim.lsp.config('goescape', {
  capabilities = {
    experimental = { goescapeStatus = true, goescapePlaces = true },
    workspace = { codeLens = { refreshSupport = true } },
  },
  handlers = {
    ['goescape/status'] = function(...)
      return require('goescape.server').on_status(...)
    end,
    ['window/logMessage'] = function(...)
      return require('goescape.server').on_log(...)
    end,
    ['workspace/codeLens/refresh'] = function(...)
      return require('goescape.show').on_lens_refresh(...)
    end,
  },
  commands = {
    ['goescape.showFlow'] = function(...)
      require('goescape.flow').on_command(...)
    end,
    ['goescape.showAllocations'] = function(...)
      require('goescape.flow').on_command(...)
    end,
  },
  on_exit = function(...)
    require('goescape.server').on_exit(...)
  end,
})

local group = vim.api.nvim_create_augroup('goescape', {})

vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = 'go',
  desc = 'goescape: say so once when its command is missing',
  callback = function()
    require('goescape.server').check_command()
  end,
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  desc = 'goescape: show what the options ask for',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'goescape' then
      require('goescape.server').check_version(client)
      require('goescape.show').attached(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd({ 'BufEnter', 'DiagnosticChanged' }, {
  group = group,
  pattern = '*.go',
  desc = 'goescape: fresh code lenses',
  callback = function(event)
    require('goescape.show').lenses(event.buf)
  end,
})

vim.api.nvim_create_user_command('GoEscape', function(call)
  require('goescape.commands').run(call.fargs)
end, {
  nargs = '*',
  desc = 'Which Go values are on the heap, and why',
  complete = function(...)
    return require('goescape.commands').complete(...)
  end,
})
