"""The HTTP doors that need both rooms: what serves, and what the scheduler did."""
