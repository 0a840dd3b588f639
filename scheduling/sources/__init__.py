"""Where a retraining's rows come from: read, checked, split, kept as files. Door: `snapshots.snapshot`."""
