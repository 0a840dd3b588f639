"""The model that a request is about, and whether its caller may do with it what is asked."""

import time
from typing import Any

from rest_framework.exceptions import PermissionDenied

from predictions.api.api_errors import UnknownName
from predictions.models import RegisteredModel
from predictions.models.people.access import allowed

KEPT_SECONDS = 5.0  # a permission that was taken away ends no later
MOST_KEPT = 10_000
_kept: dict[tuple[int, str, str], tuple[float, bool]] = {}


def model_for(user: Any, name: str, permission: str) -> RegisteredModel:
    """Return the model. Raises `UnknownName` if the user may not even read it, else `PermissionDenied`."""
    model = RegisteredModel.objects.visible_to(user).filter(name=name).first()
    if model is None:
        raise UnknownName("model", f"There is no model {name}.")
    require(user, permission, model)
    return model


def require(user: Any, permission: str, model: RegisteredModel) -> None:
    """Raise `PermissionDenied` unless the user holds the permission for this model."""
    if not allowed(user, permission, model):
        raise PermissionDenied


def may_ask(user: Any, permission: str, name: str) -> bool:
    """As `allowed`, of a model by its name, for requests that must be fast: an answer is kept for seconds."""
    key, now = (user.pk, permission, name), time.monotonic()
    until, answer = _kept.get(key, (0.0, False))
    if until < now:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        answer = RegisteredModel.objects.where(user, permission).filter(name=name).exists()
        _kept[key] = now + KEPT_SECONDS, answer
    return answer


def forget() -> None:
    """Ask the database again for everything."""
    _kept.clear()
