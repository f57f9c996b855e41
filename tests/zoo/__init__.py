"""Test projects with the configurations of well-known packages."""
