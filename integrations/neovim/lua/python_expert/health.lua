-- :checkhealth python_expert

local M = {}

local INSTALL = 'Install it once, not into each project: `uv tool install .` or `pipx install .` in the repository.'
local DEADLINE_MS = 60000

--- Other servers that report what Python Expert reports.
local SAME = { ruff = 'ruff', ruff_lsp = 'ruff', pylsp = 'ruff, mypy or bandit, where its plugins run them' }

--- The tools that come with it; pytest is the project's own.
local SHOWN = { 'ruff', 'mypy', 'bandit', 'antipatterns' }

--- What `python-expert doctor` says of a folder; nil, and why not, if it says nothing.
local function doctor(command, folder)
  local argv = { command, 'doctor', '--output-format', 'json' }
  local started, process = pcall(vim.system, argv, { cwd = folder, text = true, timeout = DEADLINE_MS })
  if not started then
    return nil, tostring(process)
  end
  local done = process:wait()
  local read, found = pcall(vim.json.decode, done.stdout or '', { luanil = { object = true } })
  if not read then
    local said = vim.trim(done.stderr or '')
    return nil, said ~= '' and said or ('it ended with status %d'):format(done.code)
  end
  return found
end

local function check_tools(found)
  for _, name in ipairs(SHOWN) do
    local tool = found.tools[name]
    if tool and tool.error ~= '' then
      vim.health.error(('%s cannot run: %s'):format(name, tool.error), { 'It is looked for at ' .. tool.path })
    elseif tool and not tool.enabled then
      vim.health.info(name .. ' is switched off in the settings')
    elseif tool then
      local rules = tool.config and 'configured in ' .. tool.config or 'with the expert profile'
      vim.health.ok(('%s %s (%s), %s'):format(name, tool.version, tool.why, rules))
    end
  end
  for _, problem in ipairs(found.problems or {}) do
    vim.health.warn(type(problem) == 'table' and vim.inspect(problem) or problem)
  end
end

local function check_clients(folder)
  local clients = vim.lsp.get_clients({ name = 'python_expert' })
  if #clients == 0 then
    local hint = "Call vim.lsp.enable('python_expert') in your init.lua, then open a Python file."
    local log = 'If you have done so, the end of ' .. vim.lsp.log.get_filename() .. ' says why it ended.'
    vim.health.warn('no server runs', { hint, log })
  end
  for _, client in ipairs(clients) do
    vim.health.ok(('a server runs for %s'):format(client.root_dir or folder))
    for buffer in pairs(client.attached_buffers) do
      for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
        if SAME[other.name] then
          vim.health.warn(
            ('%s runs beside it: you see the findings of %s twice'):format(other.name, SAME[other.name]),
            { ("vim.lsp.enable('%s', false)"):format(other.name) }
          )
        end
      end
    end
  end
end

function M.check()
  vim.health.start('python_expert')
  if vim.fn.has('nvim-0.11') == 0 then
    vim.health.error('Neovim 0.11 or later is needed')
    return
  end
  local config = vim.lsp.config.python_expert
  local command = config and type(config.cmd) == 'table' and config.cmd[1]
  if not command then
    vim.health.info('the command is your own function, and is not checked')
    return
  end
  if vim.fn.executable(command) == 0 then
    vim.health.error(('the command %q is not found'):format(command), {
      INSTALL,
      'Then it must be on the PATH that Neovim starts with, which is ' .. (vim.env.PATH or ''),
      "Or name it: vim.lsp.config('python_expert', { cmd = { '/path/to/python-expert', 'server' } })",
    })
    return
  end
  local clients = vim.lsp.get_clients({ name = 'python_expert' })
  local folder = clients[1] and clients[1].root_dir or vim.fn.getcwd()
  local found, why = doctor(command, folder)
  if not found then
    vim.health.error(('%s does not run: %s'):format(vim.fn.exepath(command), why), {
      'It needs Python 3.11 or later, and its own packages. ' .. INSTALL,
    })
    return
  end
  vim.health.ok(('python-expert %s on Python %s'):format(found['python-expert'], found.python))
  vim.health.info('project: ' .. found.root)
  local interpreter = found.interpreter
  if interpreter and interpreter.path then
    vim.health.info(('interpreter: %s (%s)'):format(interpreter.path, interpreter.why))
    if interpreter.why == 'python on PATH' then
      vim.health.warn("no virtual environment was found; imports are looked for in PATH's Python", {
        'Create one in the project (.venv), or set pythonExpert.interpreter.',
      })
    elseif (interpreter.advice or '') ~= '' then
      vim.health.warn(interpreter.advice)
    end
  else
    vim.health.warn('no interpreter was found; imports of installed packages are not resolved')
  end
  check_tools(found)
  check_clients(folder)
end

return M
