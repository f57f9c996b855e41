"""The provider for Claude, over any endpoint that supports the Messages API."""
