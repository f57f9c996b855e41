"""The language server: a thin LSP interface of the core."""
