-- Shows the server's lenses, which Neovim 0.11 does not ask for by itself.

local M = {}

local function is_ours(client)
  return client ~= nil and client.name == 'python_expert'
end

--- Ask for the lenses of a buffer. Not vim.lsp.codelens.refresh, which leaves out a request while one is
--- under way, so that the last result could be missed, and which asks other servers, too.
local function refresh(client, buffer)
  local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request('textDocument/codeLens', params, vim.lsp.codelens.on_codelens, buffer)
end

--- Show the lenses of a buffer from now on.
function M.attach(event)
  local client = vim.lsp.get_client_by_id(event.data.client_id)
  if not is_ours(client) then
    return
  end
  if vim.lsp.codelens.enable then -- Neovim 0.12 keeps them up to date
    vim.lsp.codelens.enable(true, { bufnr = event.buf })
    return
  end
  refresh(client, event.buf)
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged' }, {
    group = vim.api.nvim_create_augroup('python_expert_lenses_' .. event.buf, {}),
    buffer = event.buf,
    callback = function()
      for _, each in ipairs(vim.lsp.get_clients({ bufnr = event.buf, name = 'python_expert' })) do
        refresh(each, event.buf)
      end
    end,
  })
end

--- Handle `workspace/codeLens/refresh`: tests have run.
function M.refresh_all(err, result, context)
  local own = vim.lsp.handlers['workspace/codeLens/refresh']
  if own then
    return own(err, result, context)
  end
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  for buffer in pairs(client.attached_buffers) do
    refresh(client, buffer)
  end
  return vim.NIL
end

return M
