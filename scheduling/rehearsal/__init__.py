"""Candidate and champion behind the real serving path, in one server on a free loopback port.

Door: `session.rehearse`. What is measured is what would be served; whatever a version does, it does there.
"""
