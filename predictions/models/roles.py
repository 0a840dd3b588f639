"""Roles: sets of permissions that a person or group gets for one registered model, together."""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import assign_perm, get_groups_with_perms, get_users_with_perms, remove_perm

from predictions.models.access import May

READER = frozenset({May.READ, May.PREDICT})
ROLES = {
    "reader": READER,
    "client": READER | {May.TELL},
    "operator": frozenset(May) - {May.APPROVE, May.CHOOSE_ACCESS},
    "approver": READER | {May.APPROVE},
}


def roles_of(model: Model) -> dict[str, list[Any]]:
    """Return the users and groups of each role, nobody twice where one role contains another."""
    users: Any = get_users_with_perms(model, attach_perms=True, with_group_users=False)
    groups: Any = get_groups_with_perms(model, attach_perms=True)
    held = {who: set(names) for who, names in (users | groups).items()}
    return {role: [who for who, names in held.items() if role in _roles(names)] for role in ROLES}


def _roles(names: set[str]) -> set[str]:
    """The roles that these codenames amount to, without those that another of them contains."""
    full = {role for role, needed in ROLES.items() if {one.codename for one in needed} <= names}
    return {role for role in full if not any(ROLES[role] < ROLES[other] for other in full)}


def give(who: Any, roles: set[str], model: Model) -> None:
    """Let a user or group have exactly these roles of the model. An empty set takes all away."""
    wanted = frozenset().union(*(ROLES[role] for role in roles))
    held = _held_by(who, model)
    for one in May:
        if (one in wanted) != (one.codename in held):
            (assign_perm if one in wanted else remove_perm)(one, who, model)


def _held_by(who: Any, model: Model) -> set[str]:
    """The codenames that were given to this user or group itself, for this model."""
    checker = ObjectPermissionChecker(who)
    return set(checker.get_group_perms(model) if isinstance(who, Group) else checker.get_user_perms(model))
