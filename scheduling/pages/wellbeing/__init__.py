"""Whether a live version is well: one word, and the facts behind it. Door: `facts.wellbeing`."""
