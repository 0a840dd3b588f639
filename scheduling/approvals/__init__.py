"""Asking a person whether a candidate goes live. Door: `approvals`."""
