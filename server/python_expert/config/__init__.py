"""Settings, where they come from, and what a project configures."""
