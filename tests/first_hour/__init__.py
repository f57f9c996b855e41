"""What a new user meets: small projects, as people have them, and what is said there."""
