"""Tests that start a server, a command, a worker or a real tool."""
