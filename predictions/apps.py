"""The application's name for Django."""

from django.apps import AppConfig


class PredictionsConfig(AppConfig):
    """What a model version is, which is live, and answering requests."""

    name = "predictions"
    verbose_name = "Models and predictions"

    def ready(self) -> None:
        """Register what Django and `migrate` look up: a token scheme, a system check, the agreements."""
        from predictions.api import openapi  # noqa: F401
        from predictions.conf import system_checks  # noqa: F401
        from predictions.lane import middleware  # noqa: F401 - its system check
        from predictions.models.agreements import AGREEMENTS, keep

        keep(self, AGREEMENTS)
