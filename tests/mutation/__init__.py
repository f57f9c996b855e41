"""Mutation testing of the gate: find small changes to its code that no test notices."""
