"""Fetches and stores letters."""
