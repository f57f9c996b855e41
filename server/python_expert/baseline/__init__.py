"""The findings of a project that are known and not shown: which they are, and their file."""
