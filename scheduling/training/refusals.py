"""Why there is no candidate."""


class TrainingFailed(Exception):
    """The estimator could not be fitted; the message has the remedy."""


class NotPrepared(Exception):
    """The registered model has no signature yet, or no dataset for a role; the message has the remedy."""
