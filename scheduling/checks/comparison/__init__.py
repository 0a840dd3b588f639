"""Is the candidate good enough, and better than the champion? Metrics, minimum values, slices."""
