"""Our own quick fixes for findings, with a module for each family."""
