"""The kinds of sources: each gives rows as batches of one declared schema. Door: `opening.open_rows`."""
