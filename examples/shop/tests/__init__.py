"""The tests of the shop: `manage.py test`, with nothing installed but what the shop needs."""
