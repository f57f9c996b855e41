"""Add type hints."""
