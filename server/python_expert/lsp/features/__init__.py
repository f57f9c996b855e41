"""The server's features."""
