"""Tests that start no process and need no tool; all of them together take less than a minute."""
