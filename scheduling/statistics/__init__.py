"""The methods behind the checks, on plain arrays. Doors: those of its folders, and `watching`."""
