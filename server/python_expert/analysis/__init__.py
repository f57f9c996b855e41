"""Syntax that all actions share: source, error recovery, scopes and names."""
