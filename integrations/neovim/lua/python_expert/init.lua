-- What :PythonExpert does.

local M = {}

local function say(text, level)
  vim.notify('Python Expert: ' .. text, level or vim.log.levels.INFO)
end

--- The server of the current buffer, else any; nil, with a message, if none runs.
local function server()
  local client = vim.lsp.get_clients({ name = 'python_expert', bufnr = 0 })[1]
    or vim.lsp.get_clients({ name = 'python_expert' })[1]
  if not client then
    say('the server is not running; see :checkhealth python_expert', vim.log.levels.WARN)
  end
  return client
end

--- Carry out a command of the server's.
local function execute(name, argument, done)
  local client = server()
  if not client then
    return
  end
  local params = { command = 'pythonExpert.' .. name, arguments = { argument } }
  client:request('workspace/executeCommand', params, function(failure, answer)
    if failure then
      say(failure.message, vim.log.levels.ERROR)
    elseif done then
      done(answer)
    end
  end)
end

--- Show text in a new window.
local function show(text, empty)
  if text == '' then
    say(empty)
    return
  end
  vim.cmd('new')
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = 'nofile', 'wipe', false
  vim.bo.filetype = 'markdown'
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\n'))
  vim.bo.modifiable = false
end

--- List what is found in all files, each with its rule, which Neovim's own list leaves out.
local function list()
  local found = vim.tbl_map(function(each)
    local message = each.code and ('%s [%s]'):format(each.message, each.code) or each.message
    return vim.tbl_extend('force', each, { message = message })
  end, vim.diagnostic.get())
  vim.fn.setqflist({}, ' ', { title = 'Python Expert', items = vim.diagnostic.toqflist(found) })
  vim.cmd('botright copen')
end

--- Apply the one code action of a kind; of two forms, the one that `filter` wants.
local function apply(kind, filter)
  return function(argument)
    if not server() then
      return
    end
    vim.lsp.buf.code_action({
      apply = true,
      context = { only = { kind }, diagnostics = {} },
      filter = filter and function(action)
        return filter(action, argument)
      end,
    })
  end
end

--- Whether an action is the form that converts callers in other files, if that is what is wanted.
local function has_callers(action, argument)
  local order = vim.tbl_get(action, 'command', 'arguments', 1) or {}
  return (order.callers == true) == (argument == 'callers')
end

--- Show the findings that the baseline hides, or hide them again.
local function show_known(show)
  return function()
    execute('showKnown', { show = show }, function(answer)
      say(answer.message)
    end)
  end
end

local actions = { 'add-docstrings', 'add-type-hints', 'convert-to-async' }

--- What may follow a subcommand.
local arguments_of = { payload = actions, ['convert-to-async'] = { 'callers' } }

local commands = {
  ['add-docstrings'] = apply('source.addDocstrings.pythonExpert'),
  ['add-type-hints'] = apply('source.addTypeHints.pythonExpert'),
  ['convert-to-async'] = apply('refactor.rewrite.pythonExpert.convertToAsync', has_callers),
  ['fix'] = apply('source.fixAll.pythonExpert'),
  ['organize-imports'] = apply('source.organizeImports.pythonExpert'),
  ['check-workspace'] = function()
    execute('checkWorkspace', { wait = true }, function(answer)
      say(answer.message)
      list()
    end)
  end,
  ['run-tests'] = function()
    execute('runTests', { uri = vim.uri_from_bufnr(0), wait = true }, function(answer)
      say(answer.message)
    end)
  end,
  ['test-output'] = function()
    execute('testOutput', { uri = vim.uri_from_bufnr(0) }, function(text)
      show(text, 'the tests of this file have no output')
    end)
  end,
  ['show-known'] = show_known(true),
  ['hide-known'] = show_known(false),
  ['report'] = function()
    execute('lastReport', nil, function(text)
      show(text, 'nothing has been rewritten yet')
    end)
  end,
  ['payload'] = function(action)
    if not vim.list_contains(actions, action) then
      say('name the rewrite: payload ' .. table.concat(actions, ', '), vim.log.levels.WARN)
      return
    end
    local argument = {
      action = action,
      uri = vim.uri_from_bufnr(0),
      version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()] or 0,
    }
    execute('showPayload', argument, function(text)
      show(text, 'nothing would be sent')
    end)
  end,
  ['cancel'] = function()
    execute('cancel')
  end,
}

--- How many known findings are hidden in the project of the current buffer, for a statusline; '' if none.
---@return string
function M.status()
  return require('python_expert.status').text()
end

--- Run a subcommand.
---@param arguments string[] Its name, and its arguments.
function M.run(arguments)
  local command = commands[arguments[1]]
  if command then
    command(arguments[2])
  else
    local names = vim.tbl_keys(commands)
    table.sort(names)
    say(('there is no %q, but %s'):format(arguments[1], table.concat(names, ', ')), vim.log.levels.WARN)
  end
end

--- What may follow on the command line.
---@param line string All of it so far.
function M.complete(line)
  local words = vim.split(vim.trim(line), '%s+')
  local typed = line:match('%s$') and '' or words[#words]
  local at = line:match('%s$') and #words or #words - 1
  local found = at == 1 and vim.tbl_keys(commands) or (at == 2 and arguments_of[words[2]]) or {}
  found = vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, found)
  table.sort(found)
  return found
end

return M
