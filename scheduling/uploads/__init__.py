"""Models that people upload, opened in a sandbox. Door: `uploads`."""
