"""Findings, and the store that merges them."""
