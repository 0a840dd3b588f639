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
    if not apps.is_installed("drf_spectacular_sidecar"):
        message = "INSTALLED_APPS lacks drf_spectacular_sidecar, whose files the page /docs needs."
        found.append(Warning(message, hint='Add "drf_spectacular_sidecar".', id="predictions.W021"))
    if not any(hasattr(config, "tables_with_predictions") for config in apps.get_app_configs()):
        found.append(
            Warning(
                "INSTALLED_APPS has predictions alone: no model is trained, judged or watched.",
                hint="Add the other app, which docs/system_checks.md names; if it is there, one of your own "
                "with its name hides it. Silence this in SILENCED_SYSTEM_CHECKS where a project only serves.",
                id="predictions.W017",
            )
        )
    return found
