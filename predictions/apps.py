"""The application's name for Django."""

from django.apps import AppConfig

from predictions.needed_apps import refuse_to_load_without


class PredictionsConfig(AppConfig):
    """What a model version is, which is live, and answering requests."""

    name = "predictions"
    default_auto_field = "django.db.models.BigAutoField"  # whatever the project has for its own tables
    verbose_name = "Models and predictions"
    schema_enums = {"KindEnum": "predictions.models.promotion.Promotion.Kind"}

    def import_models(self) -> None:
        """Import them. Raises `ImproperlyConfigured` where an app is missing without which that fails."""
        refuse_to_load_without("django.contrib.contenttypes", "django.contrib.auth", who=self.name)
        super().import_models()

    def ready(self) -> None:
        """Register what Django and `migrate` look up: a token scheme, a system check, the agreements.

        The first request of a web worker starts its follower; a page that fails for the lack of our tables
        says so in the log.
        """
        from predictions import system_checks  # noqa: F401
        from predictions.api import not_migrated
        from predictions.api.our_schema import schemes  # noqa: F401
        from predictions.api.our_schema.settings import keep_apart, name_enums
        from predictions.models.agreements import AGREEMENTS, keep
        from predictions.serving import first_request

        name_enums()
        keep_apart()
        keep(self, AGREEMENTS)
        first_request.listen()
        not_migrated.listen()
