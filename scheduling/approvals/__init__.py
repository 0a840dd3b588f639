"""The question to a person whether a candidate goes live. Door: `approvals`."""
