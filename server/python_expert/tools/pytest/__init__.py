"""Pytest."""
