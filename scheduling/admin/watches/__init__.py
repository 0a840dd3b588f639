"""Watches in the lists of the admin. Door: `registry.py` shows them."""
