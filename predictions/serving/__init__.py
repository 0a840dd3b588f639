"""The live versions that a worker holds, and their answers. Door: `serving`, `follower.Follower`."""
