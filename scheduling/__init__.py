"""When to validate, what to pass, what happened."""

from predictions.contract.error_texts import OURS

OURS.add(__name__)
