"""Versions and their files, and which of them is live. Door: `registration`, `promotion`."""
