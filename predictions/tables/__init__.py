"""Data files: how they are read, what their columns hold, how they are described. Door: `reading.read`."""
