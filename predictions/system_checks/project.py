"""Whether the project has what we need, and what bears our names is ours."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register
def check_time_zone(**_: Any) -> list[CheckMessage]:
    """Refuse moments without a zone."""
    if settings.USE_TZ:
        return []
    message = "USE_TZ is False, but what happened when is told apart by moments with a time zone."
    return [Error(message, hint="Set USE_TZ = True, which is Django's default.", id="predictions.E012")]


@register
def check_apps(**_: Any) -> list[CheckMessage]:
    """Look for the apps beside ours."""
    found: list[CheckMessage] = []
    if not apps.is_installed("rest_framework"):
        hint = 'Add "rest_framework".'
        found.append(Error("INSTALLED_APPS lacks rest_framework.", hint=hint, id="predictions.E014"))
    if not apps.is_installed("scheduling"):
        found.append(
            Warning(
                "INSTALLED_APPS has predictions without scheduling: no model is trained, judged or watched.",
                hint='Add "scheduling" and "django_apscheduler", or put predictions.W017 into '
                "SILENCED_SYSTEM_CHECKS where this project only serves.",
                id="predictions.W017",
            )
        )
    elif not hasattr(apps.get_app_config("scheduling"), "urls_with_predictions"):
        found.append(
            Error(
                f"The app scheduling is not ours, but {apps.get_app_config('scheduling').path}.",
                hint="A project with a package of this name runs the program beside it, as a service.",
                id="predictions.E017",
            )
        )
    return found
