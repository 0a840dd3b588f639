"""Versions that only scikit-learn can answer, asked in another process. Door: `session.HostedSession`."""
