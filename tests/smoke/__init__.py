"""A short suite for every supported Python: what a user does in the first minutes."""
