-- How Neovim starts the server. What a user sets with vim.lsp.config('python_expert', { … }) is
-- merged over this.

return {
  cmd = { 'python-expert', 'server' },
  filetypes = { 'python' },
  -- The repository first: one server looks after all projects of a monorepo.
  root_markers = { '.git', 'pyproject.toml', 'setup.cfg', 'setup.py' },
  capabilities = {
    -- How many known findings are hidden; see status.lua.
    experimental = { pythonExpertStatus = true },
    workspace = {
      -- After each run of tests the server asks for this; see lenses.lua.
      codeLens = { refreshSupport = true },
      workspaceEdit = {
        -- Neovim can, but does not say so: a fix for text that has changed since is refused.
        documentChanges = true,
        -- Edits that want to be confirmed are shown as a diff first; see preview.lua.
        changeAnnotationSupport = { groupsOnLabel = false },
      },
    },
  },
  handlers = {
    ['pythonExpert/status'] = function(err, params, context)
      require('python_expert.status').update(err, params, context)
    end,
    ['workspace/codeLens/refresh'] = function(err, result, context)
      return require('python_expert.lenses').refresh_all(err, result, context)
    end,
    ['workspace/applyEdit'] = function(err, params, context)
      return require('python_expert.preview').apply_edit(err, params, context)
    end,
  },
}
