"""The quality tools: one file a tool."""
