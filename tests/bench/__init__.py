"""Benchmarks of Python Expert against other servers: ``python -m tests.bench``."""
