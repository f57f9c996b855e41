"""Who proposes what a rewrite writes."""
