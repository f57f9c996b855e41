"""Small programs in the syntax of each Python, and what Python Expert makes of them."""
