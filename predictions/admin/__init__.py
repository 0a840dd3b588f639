"""The registry in the admin: evidence can be read, and what people decide can be edited."""

from django.apps import apps

from predictions.admin import prediction_log, registered_models, registry, signatures, versions  # noqa: F401

if apps.is_installed("knox"):
    from predictions.admin import tokens  # noqa: F401
