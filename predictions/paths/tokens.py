"""Where a person makes a token for a program."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_permission_codename

from predictions.paths.admin import admin_path


def page_of_tokens(user: Any) -> str:
    """Return the path of the form; empty for who may not make one, or where the project has other tokens."""
    if not apps.is_installed("knox"):
        return ""
    of = apps.get_model(getattr(settings, "KNOX_TOKEN_MODEL", "knox.AuthToken"))._meta
    may = user.has_perm(f"{of.app_label}.{get_permission_codename('add', of)}")
    return admin_path(f"{of.app_label}_{of.model_name}_add") if may else ""
