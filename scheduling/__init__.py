"""When to validate, what to pass, what happened."""

from predictions import PACKAGES

PACKAGES.add(__name__)
