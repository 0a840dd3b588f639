"""Past decisions, computed again: from what a run kept, and under other limits. Writes nothing."""
