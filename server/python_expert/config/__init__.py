"""Settings with their sources, and the configuration of a project's other tools."""
