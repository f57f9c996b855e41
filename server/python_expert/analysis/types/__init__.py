"""Types as they are written: their grammar, and what is known of the standard library's."""
