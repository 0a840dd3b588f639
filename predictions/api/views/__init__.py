"""The HTTP doors of the registry and of the live versions."""
