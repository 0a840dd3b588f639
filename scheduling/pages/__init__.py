"""What people look at first: all models at a glance, and one model's page. Door: `views`."""
