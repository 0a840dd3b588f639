"""The HTTP views that need both apps: what serves, and what the scheduler did."""
