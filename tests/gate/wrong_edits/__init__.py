"""Thousands of wrong edits and the gate's verdicts on them; see `__main__`."""
