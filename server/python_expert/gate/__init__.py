"""The gate: a candidate passes only if the meaning is kept and no new finding appears."""
