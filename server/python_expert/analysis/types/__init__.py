"""Type expressions: their grammar, and facts about the standard library's types."""
