"""The app's configuration."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """People who try the shop for two weeks, and then stay or cancel."""

    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"
