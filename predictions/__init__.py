"""What a model version is, which is live, and answering requests."""
