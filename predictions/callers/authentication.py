"""How callers of the API prove who they are: AUTHENTICATION_CLASSES, or by what is installed."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed

from predictions.conf import config, setting_name

SESSIONS = "predictions.callers.sessions.SessionAuthentication"
BY_APP = {
    "knox": "predictions.callers.knox_tokens.TokenAuthentication",
    "rest_framework.authtoken": "predictions.callers.drf_tokens.TokenAuthentication",
}


def authentication_classes() -> list[Any]:
    """Return the classes for DRF: those of the setting, else of knox, of DRF's tokens, or of sessions."""
    installed = [path for app, path in BY_APP.items() if apps.is_installed(app)]
    paths = config.AUTHENTICATION_CLASSES or [*installed, SESSIONS][:1]
    return [_imported(path) for path in paths]


def _imported(path: str) -> Any:
    try:
        return import_string(path)
    except ImportError as error:
        message = (
            f"{setting_name('AUTHENTICATION_CLASSES')}: {path} cannot be imported. Install it, or correct it."
        )
        raise ImproperlyConfigured(message) from error


def refuse_strange(token: str) -> None:
    """Raise `AuthenticationFailed` for characters that no token has, and that no database is asked about."""
    if not (token.isascii() and token.isprintable()):
        raise AuthenticationFailed("Invalid token.")


def is_by_header() -> bool:
    """Whether a request without the header Authorization is nobody's: then a prediction need not ask more.

    A class of your own says so by the attribute `by_header`.
    """
    by_header = authentication.TokenAuthentication | authentication.BasicAuthentication
    return all(getattr(one, "by_header", issubclass(one, by_header)) for one in authentication_classes())
