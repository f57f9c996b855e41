-- What the server says of itself, for a statusline.

local M = {}

--- By client, what was said last of each file with known findings.
local known = {}

--- A number with commas between thousands.
local function spelt(number)
  local text, more = tostring(number), 0
  repeat
    text, more = text:gsub('^(%d+)(%d%d%d)', '%1,%2')
  until more == 0
  return text
end

--- Handle `pythonExpert/status`.
function M.update(_, status, context)
  known[context.client_id] = status.known or {}
  vim.api.nvim_exec_autocmds('User', { pattern = 'PythonExpertStatus', modeline = false })
  vim.cmd.redrawstatus()
end

--- How many findings are known and hidden, or shown for now, in the project of a buffer; '' if none.
---@param buffer integer? By default the current one.
---@return string
function M.text(buffer)
  local name, best = vim.api.nvim_buf_get_name(buffer or 0), nil
  for _, client in ipairs(vim.lsp.get_clients({ name = 'python_expert', bufnr = buffer or 0 })) do
    for _, each in ipairs(known[client.id] or {}) do
      local folder = vim.fs.dirname(each.path) .. '/'
      if vim.startswith(name, folder) and (not best or #each.path > #best.path) then
        best = each
      end
    end
  end
  if not best or best.findings == 0 then
    return ''
  end
  local what = best.findings == 1 and 'known finding' or 'known findings'
  return ('%s %s %s'):format(spelt(best.findings), what, best.shown and 'shown' or 'hidden')
end

return M
