"""One run of an action, from the request to the change."""
