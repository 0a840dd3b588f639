"""Who may register, upload and add data: people with the permission for all models, or for one of them."""

from typing import Any

from guardian.shortcuts import assign_perm

from predictions.models import RegisteredModel

REGISTER = "predictions.add_registeredmodel"
UPLOAD = "predictions.upload_modelversion"
ADD_DATA = "predictions.add_dataset"


def may(user: Any, permission: str, registered_model: RegisteredModel | None) -> bool:
    """Whether this person has the permission for this model; None stands for a model that is to be made."""
    if user.has_perm(permission):
        return True
    return registered_model is not None and bool(user.has_perm(permission, registered_model))


def may_some(user: Any, permission: str) -> bool:
    """Whether this person has the permission for at least one model, or for all."""
    from guardian.shortcuts import get_objects_for_user

    return bool(user.has_perm(permission) or get_objects_for_user(user, permission).exists())


def let_continue(user: Any, registered_model: RegisteredModel) -> None:
    """Give the person who makes a model what it takes to bring its data and versions."""
    for permission in (REGISTER, UPLOAD, ADD_DATA):
        assign_perm(permission, user, registered_model)
