"""From a dataset and a recipe to a registered candidate. Door: `training.train_candidate`."""
