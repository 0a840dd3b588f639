"""Clients that send a body slowly, and the threads that wait for it. Door: `waiting.awaited`."""
