"""The registry in the admin: evidence can be read, and what people decide can be edited."""

from predictions.admin import prediction_log, registry, tokens, versions  # noqa: F401
