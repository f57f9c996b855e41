"""The expert rewrites: what each may change, and how what was proposed becomes edits."""
