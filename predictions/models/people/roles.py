"""Roles: sets of permissions that a person or group gets for one registered model, together."""

from typing import Any

from django.db.models import Model

from predictions.models.people import grants
from predictions.models.people.access import May

APPROVER = "approver"
READER = frozenset({May.READ, May.PREDICT})
WHAT = {  # each may do, in words
    "reader": "reads versions, runs and evidence, and asks for predictions",
    "client": "does what a reader does, and sends true labels",
    "operator": "does what a client does, reads the prediction log, sends data and versions, requests runs, "
    "promotes, rolls back, pauses promotion, and changes the model, its policy, limits and schedules",
    APPROVER: "does what a reader does, and approves or refuses what waits for a person",
}
ROLES = {
    "reader": READER,
    "client": READER | {May.TELL},
    "operator": frozenset(May) - {May.APPROVE, May.CHOOSE_ACCESS},
    APPROVER: READER | {May.APPROVE},
}


def roles_of(model: Model) -> dict[str, list[Any]]:
    """Return the users and groups of each role, nobody twice where one role contains another."""
    held = grants.holders_of(model)
    return {role: [who for who, names in held.items() if role in _roles(names)] for role in ROLES}


def _roles(names: set[str]) -> set[str]:
    """The roles that these codenames amount to, without those that another of them contains."""
    full = {role for role, needed in ROLES.items() if {one.codename for one in needed} <= names}
    return {role for role in full if not any(ROLES[role] < ROLES[other] for other in full)}


def add(who: Any, role: str, model: Model) -> None:
    """Let a user or group have this role of the model beside whatever they have."""
    for one in ROLES[role]:
        grants.change(who, one, model, is_given=True)


def give(who: Any, roles: set[str], model: Model) -> None:
    """Let a user or group have exactly these roles of the model. An empty set takes all away.

    Where nothing is kept for one model alone, this does nothing.
    """
    if not grants.ARE_KEPT:
        return
    wanted = frozenset().union(*(ROLES[role] for role in roles))
    held = grants.given_to(who, model)
    for one in May:
        if (one in wanted) != (one.codename in held):
            grants.change(who, one, model, is_given=one in wanted)
