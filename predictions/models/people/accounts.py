"""People of the project's own AUTH_USER_MODEL, by the name they sign in with."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser


def people() -> Any:
    """Return all accounts, by name."""
    user: Any = get_user_model()
    return user._default_manager.order_by(user.USERNAME_FIELD)


def named(name: str) -> Any:
    """Return the account with exactly this name; None where there is none."""
    user: Any = get_user_model()
    return user._default_manager.filter(**{user.USERNAME_FIELD: name}).first()


def address_of(person: Any) -> str:
    """Return the e-mail address of an account; empty where accounts have none."""
    return str(getattr(person, person.get_email_field_name(), "") or "")


class Everybody(AnonymousUser):
    """A reader without an account that may do everything: a command reads the database anyway."""

    is_active = is_superuser = True  # type: ignore[assignment]

    def has_perm(self, perm: Any, obj: Any = None) -> bool:
        return True
