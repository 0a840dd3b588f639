"""Registering by REST. Doors: `models`, `datasets`."""
