"""What is asked of a version after it went live. Doors: `opening.open_watch` with the flip, then `watches.look`."""
