"""Whether the project's accounts have what both apps ask of them, and addresses of callers can be told."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, register

from predictions.callers.addresses import function_of
from predictions.conf import config, setting_name
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
