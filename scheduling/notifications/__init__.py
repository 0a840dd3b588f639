"""Telling people what happened. Doors: `publishing.publish` writes it down, `sending.send_due` sends it."""
