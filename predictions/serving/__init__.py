"""The live versions in a worker, and their answers. Door: `serving`, `follower.Follower`."""
