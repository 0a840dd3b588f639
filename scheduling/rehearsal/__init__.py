"""Candidate and champion behind the real serving path, in one server on a free loopback port.

Door: `session.rehearse`. It measures what would be served; a version that misbehaves does so there.
"""
