"""What was ordered, and whether it will come back."""
