"""Python Expert: a language server that reports the findings of quality tools while you type."""

__version__ = "0.1.0"
