"""Bounds of settings that other places need too."""

MAX_LEASE_SECONDS = 3600
MAX_TOKEN_DAYS = 3650
