"""Wrong edits by the thousand, and what the gate says of each; see `__main__`."""
