"""Projects under the configurations that well-known packages have."""
