"""A model's past, played under other policies, with hindsight. Doors: `simulating.simulate`, `recorded`."""
