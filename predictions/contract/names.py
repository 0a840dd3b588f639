"""Names that replies need for themselves, so that no output of a signature may have one of them."""

# The keys of the replies to predictions and of their refusals: `/predict` puts the output's name beside them.
KEYS_OF_REPLIES = (
    "model",
    "version",
    "prediction",
    "predictions",
    "probabilities",
    "prediction_id",
    "prediction_ids",
    "errorMessage",
    "errorDetails",
)


def problem_of_output(name: str) -> str:
    """Return why an output cannot have this name; empty if it can."""
    if name not in KEYS_OF_REPLIES:
        return ""
    return f"Replies to predictions use the key {name} themselves. Choose another name, such as {name}_value."


def problem_of_feature(name: str, *, output: str) -> str:
    """Return why a feature cannot have this name; empty if it can. It may be a key of replies."""
    if not name.isprintable() or not name.strip() or '"' in name or "\\" in name:
        return "Use a name without line breaks, control characters, double quotes and backslashes."
    if name != output:
        return ""
    return f"The output is called {name} as well. The features and the output need different names."
