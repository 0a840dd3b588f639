"""The rows that the views give, and the bodies that they take."""
