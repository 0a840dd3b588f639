"""The suite's fast part on each Python, Django and scikit-learn that the package names."""
