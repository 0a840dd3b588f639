"""What is told to people, and to whom."""
