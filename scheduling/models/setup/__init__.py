"""What an operator decides for a model: its policy, its recipe, where its rows come from."""
