"""Quick fixes of our own for findings that are shown: a module for each family of them."""
