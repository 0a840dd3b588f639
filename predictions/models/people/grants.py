"""What people and groups hold for one model alone: kept by django-guardian, where it is installed.

Without it nobody holds anything so: Django's own permissions decide, for all models alike.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Model, Q, QuerySet

ARE_KEPT = apps.is_installed("guardian")
if ARE_KEPT:
    from guardian.core import ObjectPermissionChecker
    from guardian.shortcuts import (
        assign_perm,
        get_groups_with_perms,
        get_objects_for_user,
        get_users_with_perms,
        remove_perm,
    )


def holds_for(user: Any, permission: str, model: Model) -> bool:
    """Whether it is held for this model. What is found is kept with the user object, as Django does."""
    if not ARE_KEPT:
        return False
    if not hasattr(user, "_model_permissions"):
        user._model_permissions = ObjectPermissionChecker(user)
    return bool(user._model_permissions.has_perm(permission, model))


def read_all(user: Any, models: list[Any]) -> None:
    """Read once what the user holds for each of these models; `holds_for` then asks nothing."""
    if ARE_KEPT and models and user is not None and user.is_active and not user.is_superuser:
        user._model_permissions = ObjectPermissionChecker(user)
        user._model_permissions.prefetch_perms(models)


def held_somewhere(user: Any) -> set[str]:
    """The codenames that the user holds for at least one model: one query for each user object."""
    if not ARE_KEPT:
        return set()
    if not hasattr(user, "_held_somewhere"):
        by_person, by_group = Q(userobjectpermission__user=user), Q(groupobjectpermission__group__user=user)
        of_models = Permission.objects.filter(content_type__app_label="predictions")
        held = of_models.filter(content_type__model="registeredmodel").filter(by_person | by_group)
        user._held_somewhere = set(held.values_list("codename", flat=True))
    found: set[str] = user._held_somewhere
    return found


def models_of(user: Any, permission: str, models: QuerySet[Any]) -> Any:
    """Those of the models for which the user holds it; all of them where it is held for all."""
    if not ARE_KEPT:
        return models.all() if user.has_perm(permission) else models.none()
    return get_objects_for_user(user, permission.rpartition(".")[2], klass=models)


def holders_of(model: Model) -> dict[Any, set[str]]:
    """The codenames that each person and group was given for this model."""
    if not ARE_KEPT:
        return {}
    people: Any = get_users_with_perms(model, attach_perms=True, with_group_users=False)
    groups: Any = get_groups_with_perms(model, attach_perms=True)
    return {who: set(names) for who, names in (people | groups).items()}


def people_with(permission: str, model: Model) -> list[Any]:
    """The accounts that were given it for this model, by themselves or by a group."""
    if not ARE_KEPT:
        return []
    names = [permission.rpartition(".")[2]]
    return list(get_users_with_perms(model, only_with_perms_in=names, with_group_users=True))


def given_to(who: Any, model: Model) -> set[str]:
    """The codenames that were given to this person or group itself, for this model."""
    checker = ObjectPermissionChecker(who)
    return set(checker.get_group_perms(model) if isinstance(who, Group) else checker.get_user_perms(model))


def change(who: Any, permission: str, model: Model, *, is_given: bool) -> None:
    """Give it to a person or group, or take it away."""
    (assign_perm if is_given else remove_perm)(permission, who, model)
