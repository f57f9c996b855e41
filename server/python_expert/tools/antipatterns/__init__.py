"""Our own rules, for anti-patterns that no other tool reports."""
