"""What is asked of a version after it went live. Doors: `opening.open_watch`, then `watches.look`."""
