"""Python Expert: a language server that streams quality findings as one types."""

__version__ = "0.1.0"
