"""Our rules: a module for each rule, with its Markdown page."""
