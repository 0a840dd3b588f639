"""Bringing a model of one's own: its data, its contract and its versions. Doors: `asking`, `registering`."""
