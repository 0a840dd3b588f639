"""When a schedule fires, in times and in words: one object does both. Door: `triggers.trigger_of`."""
