"""Edits that the gate is to refuse or to accept."""
