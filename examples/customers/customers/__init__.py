"""The shop: an ordinary Django app."""
