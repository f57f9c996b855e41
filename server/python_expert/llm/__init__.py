"""The providers of proposals."""
