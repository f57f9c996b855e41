"""A short suite for every supported Python with the actions of a user's first minutes."""
