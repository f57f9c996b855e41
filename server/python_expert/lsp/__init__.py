"""The language server: a thin face of the core towards LSP clients."""
