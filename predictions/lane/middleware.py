"""Which middleware the fast lane goes well with: what it does to a prediction depends on `KIND` alone."""

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning, register

from predictions.callers.authentication import is_by_header
from predictions.conf import config, setting_name

KNOWN = frozenset({
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "axes.middleware.AxesMiddleware",
})  # fmt: skip


def kind() -> tuple[str, ...]:
    """Return the names in a WSGI environment on which the headers of an answer, or a redirect, may depend."""
    proxy, _ = settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme", "")
    prefix = ("SCRIPT_NAME", "SCRIPT_URL", "REDIRECT_URL")
    forwarded = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
    where = ("PATH_INFO", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme")
    return (*where, *prefix, proxy, *(forwarded if _is_forwarded() else ()))


def _is_forwarded() -> bool:
    return settings.USE_X_FORWARDED_HOST or settings.USE_X_FORWARDED_PORT


def unknown() -> list[str]:
    """Return the middleware that the lane does not know, and that no setting vouches for."""
    return [name for name in settings.MIDDLEWARE if name not in KNOWN | {*config.FAST_LANE_MIDDLEWARE}]


def sees_no_prediction() -> bool:
    """Whether none of the project's has to hear of each anonymous prediction, nor a receiver of signals."""
    return config.FAST_LANE and not unknown()


def is_open() -> bool:
    """Whether the lane answers at all: it must see who calls by the header Authorization alone."""
    return sees_no_prediction() and is_by_header()


@register
def check_callers(**_: Any) -> list[CheckMessage]:
    """Tell where nothing is wrong, and the lane is off all the same: by the way that callers sign in."""
    if not (config.FAST_LANE and _is_used()) or is_by_header():
        return []
    message = "The fast lane is off: who calls is not told by the header Authorization alone, as with tokens."
    hint = (
        "Install knox or rest_framework.authtoken, or say by_header = True in an authentication class of "
        "yours that reads that header alone. To leave it so, take model_delivery out of wsgi.py."
    )
    return [Info(message, hint=hint, id="predictions.I001")]


@register
def check_middleware(**_: Any) -> list[CheckMessage]:
    """Warn where middleware turns the lane off."""
    if not (config.FAST_LANE and _is_used()) or not (names := unknown()):
        return []
    message = f"MIDDLEWARE turns the fast lane off: {', '.join(names)} may have to see each prediction."
    names_it, off = setting_name("FAST_LANE_MIDDLEWARE"), setting_name("FAST_LANE")
    hint = f"Name it in {names_it} if it need not, or set {off} to false to keep the lane off."
    return [Warning(message, hint=hint, id="predictions.W001")]


def _is_used() -> bool:
    """Whether the module of WSGI_APPLICATION puts the lane in front. It is read: an import starts threads."""
    found, (module, _, _) = None, (settings.WSGI_APPLICATION or "").rpartition(".")
    with suppress(ImportError, ValueError):  # there is no such module: Django's server says so
        found = find_spec(module)
    source = Path(found.origin).read_text() if found and found.origin else ""
    return any(name in source for name in ("predictions.wsgi", "predictions.lane"))
