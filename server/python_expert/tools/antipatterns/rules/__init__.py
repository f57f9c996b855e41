"""One module for each of our rules, with its page beside it."""
