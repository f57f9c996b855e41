"""Fault-injection tests of the server."""
