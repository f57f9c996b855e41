"""The settings, tools and scheduling of a project."""
