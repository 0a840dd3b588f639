"""Candidate and champion behind the real serving path, in one server. Door: `session.rehearse`."""
