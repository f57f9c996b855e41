"""Tests of Python Expert with small programs in the syntax of each Python version."""
