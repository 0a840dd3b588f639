"""Training code of one's own, in a process of its own. Door: `trainer.train`; it gets a `TrainingContext`."""
