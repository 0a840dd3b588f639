"""The application's name for Django."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """When to validate, what to pass, what happened."""

    name = "scheduling"
    verbose_name = "Schedules, runs and the gate"

    def ready(self) -> None:
        """Make the agreements known to `migrate`."""
        from predictions.models.agreement import keep
        from scheduling.models.agreements import AGREEMENTS

        keep(self, AGREEMENTS)
