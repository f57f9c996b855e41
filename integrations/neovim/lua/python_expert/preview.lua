-- Edits that want to be confirmed are shown as a diff in a scratch buffer, to apply or to discard.

local M = {}

--- The lines of a file, as its buffer has them if it has one. Loading one only to look would ask what
--- to do about a swap file where another Neovim has the file open.
local function lines_of(uri)
  local buffer = vim.uri_to_bufnr(uri)
  if vim.api.nvim_buf_is_loaded(buffer) then
    return vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
  end
  return vim.tbl_map(function(line)
    return (line:gsub('\r$', ''))
  end, vim.fn.readfile(vim.uri_to_fname(uri)))
end

--- What the documents of an edit would become, as a unified diff.
local function difference(edit, encoding)
  local lines = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    local uri = change.textDocument and change.textDocument.uri or change.uri
    local name = vim.fn.fnamemodify(vim.uri_to_fname(uri), ':.')
    local before, after = '', ''
    if change.textDocument then
      local old = lines_of(uri)
      local scratch = vim.api.nvim_create_buf(false, true)
      vim.api.nvim_buf_set_lines(scratch, 0, -1, true, old)
      vim.lsp.util.apply_text_edits(vim.deepcopy(change.edits), scratch, encoding)
      local new = vim.api.nvim_buf_get_lines(scratch, 0, -1, true)
      vim.api.nvim_buf_delete(scratch, { force = true })
      before, after = table.concat(old, '\n') .. '\n', table.concat(new, '\n') .. '\n'
    end
    vim.list_extend(lines, { '--- a/' .. name, '+++ b/' .. name })
    local hunks = vim.diff(before, after, { ctxlen = 3 }) --[[@as string]]
    vim.list_extend(lines, vim.split(vim.trim(hunks), '\n'))
  end
  return lines
end

--- Load the documents of an edit, so that all of it is made or nothing; returns why one cannot be.
local function load_all(edit)
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.textDocument then
      local uri = change.textDocument.uri
      local loaded, why = pcall(vim.fn.bufload, vim.uri_to_bufnr(uri))
      if not loaded then
        local busy = tostring(why):find('E325', 1, true) and 'another Neovim has it open' or why
        return ('%s cannot be loaded: %s'):format(vim.fn.fnamemodify(vim.uri_to_fname(uri), ':.'), busy)
      end
    end
  end
end

--- Show a diff; `answer` is called once, with whether the user wants it.
local function ask(label, reason, lines, answer)
  vim.cmd.stopinsert()
  vim.cmd('botright new')
  local buffer = vim.api.nvim_get_current_buf()
  local head = vim.split(('%s?\n%s'):format(label, reason), '\n')
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.list_extend(vim.list_extend(head, { '' }), lines))
  vim.bo[buffer].buftype, vim.bo[buffer].bufhidden = 'nofile', 'wipe'
  vim.bo[buffer].filetype, vim.bo[buffer].modifiable = 'diff', false
  vim.wo.wrap, vim.wo.linebreak = true, true
  vim.wo.winbar = ' Python Expert: a applies this, q discards it '
  local answered = false
  local function settle(agreed)
    if answered then
      return
    end
    answered = true
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_delete(buffer, { force = true })
    end
    answer(agreed)
  end
  for key, agreed in pairs({ a = true, q = false }) do
    vim.keymap.set('n', key, function()
      settle(agreed)
    end, { buffer = buffer, nowait = true })
  end
  -- Closing the window is an answer, too.
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = buffer,
    once = true,
    callback = function()
      vim.schedule(function()
        settle(false)
      end)
    end,
  })
end

--- Handle `workspace/applyEdit`.
function M.apply_edit(err, params, context)
  local reasons = {}
  for _, annotation in pairs(params.edit.changeAnnotations or {}) do
    if annotation.needsConfirmation then
      table.insert(reasons, annotation.description or '')
    end
  end
  if #reasons > 0 then
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    local lines = difference(params.edit, client.offset_encoding)
    local label = (params.label or ''):gsub('^Python Expert: ', '')
    local waiting = coroutine.running()
    ask(label, table.concat(reasons, '\n'), lines, function(agreed)
      vim.schedule(function()
        coroutine.resume(waiting, agreed)
      end)
    end)
    if not coroutine.yield() then
      return { applied = false, failureReason = 'discarded' }
    end
  end
  local why = load_all(params.edit)
  if why then
    return { applied = false, failureReason = why }
  end
  return vim.lsp.handlers['workspace/applyEdit'](err, params, context)
end

return M
