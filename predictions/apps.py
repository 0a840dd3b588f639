"""The application's name for Django."""

from django.apps import AppConfig


class PredictionsConfig(AppConfig):
    """What a model version is, which is live, and answering requests."""

    name = "predictions"
    verbose_name = "Models and predictions"

    def ready(self) -> None:
        """Register the token scheme with the OpenAPI generator, and the agreements with `migrate`."""
        from predictions.api import openapi  # noqa: F401
        from predictions.models.agreements import AGREEMENTS, keep

        keep(self, AGREEMENTS)
