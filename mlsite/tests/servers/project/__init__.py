"""A project that has the two apps and its own everything else; it has never heard of a follower."""
