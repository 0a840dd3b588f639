"""What a simulation found: as values that are stored, in words, and as tables. Door: `schema.Report`."""
