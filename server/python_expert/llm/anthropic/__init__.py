"""Claude proposes, over any endpoint that speaks the Messages API."""
