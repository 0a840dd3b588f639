"""The fast lane: anonymous predictions, answered in front of Django. Door: `lane.Lane`."""
