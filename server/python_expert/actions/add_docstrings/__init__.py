"""Add docstrings."""
