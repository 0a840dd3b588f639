"""The application's name for Django."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """When to validate, what to pass, what happened."""

    name = "scheduling"
    verbose_name = "Schedules, runs and the gate"
