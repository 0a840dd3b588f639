"""What keeps an installation going: pruning, metrics, the demo, the banner."""
