"""When to validate, what to pass, what happened."""
