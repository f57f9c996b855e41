"""Ruff."""
