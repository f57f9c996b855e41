"""Mutation of the gate: which small changes to its code no test notices."""
