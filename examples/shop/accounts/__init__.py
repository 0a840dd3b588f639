"""People who buy and people who work here: they log in by e-mail."""
