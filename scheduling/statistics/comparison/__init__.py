"""Is the candidate better than the champion? Doors: `gain.gain_interval`, `verdict.verdict`."""
