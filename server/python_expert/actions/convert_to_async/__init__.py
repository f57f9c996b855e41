"""Convert to async."""
