"""Who calls, from which address, and how often. Door: `authentication.authentication_classes`."""
