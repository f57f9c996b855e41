"""A small shop, for the prompts that the tests keep."""
