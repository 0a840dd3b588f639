"""Bringing a model of one's own by clicking: forms with files, the confirmed signature, what came of it."""
