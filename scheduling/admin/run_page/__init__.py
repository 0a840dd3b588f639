"""What a run's page shows besides its evidence: what to do next, the work so far, origin. Door: `showing`."""
