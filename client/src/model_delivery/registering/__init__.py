"""Registering a model: `registrar.Registrar` sends what is new, and waits for the verdict."""
