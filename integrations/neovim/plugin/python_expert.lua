-- The command :PythonExpert, and the lenses.

vim.api.nvim_create_user_command('PythonExpert', function(call)
  require('python_expert').run(call.fargs)
end, {
  nargs = '+',
  desc = 'Python Expert: rewrite, check, and show what was done',
  complete = function(_, line)
    return require('python_expert').complete(line)
  end,
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = vim.api.nvim_create_augroup('python_expert_lenses', {}),
  callback = function(event)
    require('python_expert.lenses').attach(event)
  end,
})
