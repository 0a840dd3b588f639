"""Requests to the server: `session.Session` sends them, and every failure is an error of ours."""
