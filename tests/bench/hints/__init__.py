"""Measure the offline type hints: strip packages of their hints and let engines add them again."""
