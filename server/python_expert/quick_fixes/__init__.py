"""Our own quick fixes for findings that are shown, a module for each family."""
