-- What the tests ask of Neovim. It only reads what a user would see; the set-up under test is
-- the one in docs/editors.md, which is this file's neighbour in the test's own init.lua.

local M = {}

--- Each diagnostic of a buffer as {source, code, line, underlined text, severity}; lines count
--- from 1. They are sorted.
function M.shown(buffer)
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(buffer or 0)) do
    local read, lines =
      pcall(vim.api.nvim_buf_get_text, each.bufnr, each.lnum, each.col, each.end_lnum, each.end_col, {})
    table.insert(found, {
      each.source or '',
      tostring(each.code or ''),
      each.lnum + 1,
      read and table.concat(lines, '\n') or '(outside the text)',
      vim.diagnostic.severity[each.severity],
    })
  end
  local function key(each)
    return ('%s %s %06d %s'):format(unpack(each))
  end
  table.sort(found, function(one, other)
    return key(one) < key(other)
  end)
  return found
end

--- Whether a diagnostic like each of `wanted` is shown. These are as `shown` has them, and may
--- be cut short.
function M.shows(wanted)
  local found = M.shown()
  return vim.iter(wanted):all(function(want)
    return vim.iter(found):any(function(have)
      return vim.deep_equal(vim.list_slice(have, 1, #want), want)
    end)
  end)
end

--- Whether no diagnostic with any of `codes` is shown.
function M.shows_none(codes)
  return not vim.iter(M.shown()):any(function(have)
    return vim.list_contains(codes, have[2])
  end)
end

--- The text of all floating windows.
function M.floating()
  local text = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      vim.list_extend(text, vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true))
    end
  end
  return table.concat(text, '\n')
end

--- What `:messages` shows.
function M.messages()
  return vim.api.nvim_exec2('messages', { output = true }).output
end

--- Wait, while Neovim goes on with its work, until code returns something true.
function M.wait(milliseconds, code, arguments)
  local look, result = assert(loadstring(code)), nil
  vim.wait(milliseconds, function()
    result = look(unpack(arguments))
    return result
  end, 10)
  return result
end

--- Run code; both the request, `[code, arguments]`, and the answer, `[result]`, are JSON.
function M.call(request)
  local code, arguments = unpack(vim.json.decode(request))
  return vim.json.encode({ assert(loadstring(code))(unpack(arguments)) })
end

--- What there is to see when something went wrong.
function M.report()
  local report = { 'messages:', M.messages() }
  for _, client in ipairs(vim.lsp.get_clients()) do
    table.insert(report, ('client %d: %s, root %s'):format(client.id, client.name, client.root_dir))
  end
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local current = buffer == vim.api.nvim_get_current_buf() and ' (current)' or ''
    table.insert(report, ('buffer %d%s: %s'):format(buffer, current, vim.api.nvim_buf_get_name(buffer)))
    if vim.api.nvim_buf_is_loaded(buffer) then
      vim.list_extend(report, vim.api.nvim_buf_get_lines(buffer, 0, 40, false))
    end
    for _, each in ipairs(M.shown(buffer)) do
      table.insert(report, '  ' .. vim.inspect(each, { newline = '', indent = '' }))
    end
  end
  return table.concat(report, '\n')
end

_G.harness = M

vim.api.nvim_create_autocmd('VimEnter', {
  callback = function()
    io.stdout:write('ready\n')
    io.stdout:flush()
  end,
})
