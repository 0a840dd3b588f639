"""Versions and their files, and how one goes live. Door: `registration`, `promotion`."""
