"""Who is told of what, with a button that sends a test, and what became of each message."""

from scheduling.admin.telling import deliveries, subscriptions

__all__ = ["deliveries", "subscriptions"]
