"""One root's settings, tools and scheduling."""
