"""Text: documents, edits and paths."""
