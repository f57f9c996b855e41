"""Tests and benchmarks of Python Expert."""
