"""How good a model's answers are. Door: `table.METRICS`."""
