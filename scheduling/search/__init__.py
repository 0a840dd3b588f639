"""Which parameters of a pipeline are best, by tasks of their own. Door: `searching.search`."""
