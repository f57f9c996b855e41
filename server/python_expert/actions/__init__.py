"""The rewrites: what each may change, and how a proposal becomes edits."""
