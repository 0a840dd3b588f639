"""Real data with time, played through the program. Doors: `year`, all defaults month by month; `nulls`."""
