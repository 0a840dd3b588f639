"""A project of others: people sign in by e-mail, and its REST_FRAMEWORK differs from ours in everything."""
