"""Whether the project's accounts have what both apps ask of them, and addresses of callers can be told."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning, register

from predictions.callers.addresses import function_of
from predictions.conf import Config, config, setting_name
from predictions.models.base import LONGEST_NAME

NEEDED = ("has_perm", "has_perms", "has_module_perms", "is_superuser", "groups", "is_staff", "is_active")


@register
def check_accounts(**_: Any) -> list[CheckMessage]:
    """Name what AUTH_USER_MODEL lacks, and a name to sign in with that no column of ours can hold."""
    user: Any = get_user_model()
    found: list[CheckMessage] = []
    if lacks := [name for name in NEEDED if not hasattr(user, name)]:
        message = f"AUTH_USER_MODEL: {settings.AUTH_USER_MODEL} lacks {', '.join(lacks)}."
        hint = (
            "Let it inherit from django.contrib.auth.models.PermissionsMixin, and add is_staff for the admin."
        )
        found.append(Error(message, hint=hint, id="predictions.E030"))
    longest = user._meta.get_field(user.USERNAME_FIELD).max_length
    if longest is None or longest > LONGEST_NAME:
        message = f"AUTH_USER_MODEL: {user.USERNAME_FIELD} may be longer than {LONGEST_NAME} characters."
        hint = (
            f"Give {settings.AUTH_USER_MODEL}.{user.USERNAME_FIELD} a max_length of {LONGEST_NAME} or less."
        )
        found.append(Error(message, hint=hint, id="predictions.E031"))
    return found


@register
def check_client_address(**_: Any) -> list[CheckMessage]:
    """Import the function now: the first request that has a limit would be too late."""
    path = config.CLIENT_ADDRESS
    try:
        function_of(path)
    except ImportError:
        message = f"{setting_name('CLIENT_ADDRESS')} is no function that can be imported: {path}."
        hint = "Correct it, or take it out for the address at the other end of the connection."
        return [Error(message, hint=hint, id="predictions.E032")]
    return []


@register
def check_addresses_behind_a_proxy(**_: Any) -> list[CheckMessage]:
    """Warn where settings tell of a proxy, and callers without a token would be counted by its address."""
    behind, default = _is_behind_a_proxy(), Config.CLIENT_ADDRESS.default
    if not (behind and config.RATE_LIMIT_ANONYMOUS) or default != config.CLIENT_ADDRESS:
        return []
    message = (
        "Behind a proxy all callers without a token have its address: they are counted as one, or, where it "
        "is on this host, not at all."
    )
    where, limit = setting_name("CLIENT_ADDRESS"), setting_name("RATE_LIMIT_ANONYMOUS")
    hint = f"Name a function in {where} that reads what your proxy tells, or take {limit} out."
    return [Warning(message, hint=hint, id="predictions.W019")]


def _is_behind_a_proxy() -> bool:
    """Whether the settings say so."""
    return bool(settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST)
