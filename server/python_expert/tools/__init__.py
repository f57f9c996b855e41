"""The quality tools, a folder each."""
