"""Mypy."""
