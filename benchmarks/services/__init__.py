"""What the rivals run, each in its own environment: nothing of this project is imported."""
