"""The life of a run's row: asked for, noted while it works, interrupted. Door: `transitions`."""
