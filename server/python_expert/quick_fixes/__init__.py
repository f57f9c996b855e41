"""Our own quick fixes for findings, a module for each family."""
