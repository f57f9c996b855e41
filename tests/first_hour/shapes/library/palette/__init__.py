"""Colours for terminals."""
