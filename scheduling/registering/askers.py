"""Who brings something, by which door, and what this person may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.models.people.roles import give


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, and by which door; with `key` a repeated request is the same run."""

    by: str
    trigger: str
    key: str = ""
    allows: Callable[[RegisteredModel], bool] = lambda model: True  # to bring something to this model
    makes: Callable[[RegisteredModel], None] = lambda model: None  # is told of a new model


def asker_of(user: Any, permission: May, *, trigger: str, key: str = "") -> Asker:
    """Say what a user may with a model that exists; a new one gets them as its operator."""
    return Asker(
        by=user.get_username(), trigger=trigger, key=key,
        allows=lambda model: allowed(user, permission, model),
        makes=lambda model: give(user, {"operator"}, model),
    )  # fmt: skip
