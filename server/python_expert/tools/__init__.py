"""The quality tools, each in its own folder."""
