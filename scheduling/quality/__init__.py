"""What can be wrong with the rows that a model is trained on and judged by."""
