"""Who may do what with a registered model: for all models, or for one (docs/access.md)."""

from enum import StrEnum
from typing import Any, Self

from django.contrib.auth.models import Permission
from django.db.models import Model, Q

from predictions.models.people import grants
from predictions.models.people.accounts import people


class May(StrEnum):
    """The permissions of a registered model, as Django names them, and in words."""

    words: str

    READ = "view_registeredmodel", "Can read about a private model, its versions and runs"
    PREDICT = "predict", "Can ask a private model for predictions"
    READ_LOG = "view_prediction", "Can read the prediction log, and rows and values in evidence"
    TELL = "add_feedback", "Can send true labels of predictions"
    CHANGE = "change_registeredmodel", "Can change a model and its columns (signature)"
    CHANGE_POLICY = "change_policy", "Can change policy, limits, slices, recipe and schedules"
    ADD_DATASET = "add_dataset", "Can register data"
    UPLOAD = "upload_modelversion", "Can register a version by upload"
    TRY = "try_version", "Can ask for predictions of versions that are not live"
    REQUEST_RUN = "request_run", "Can request runs"
    VALIDATE = "validate_version", "Can have a version validated"
    CANCEL_RUN = "cancel_run", "Can cancel runs"
    PROMOTE = "promote_version", "Can promote a version"
    ROLL_BACK = "roll_back_version", "Can roll back to the version before"
    SET_HOLD = "set_hold", "Can pause automatic promotion"
    LIFT_HOLD = "lift_hold", "Can resume automatic promotion"
    APPROVE = "approve_promotion", "Can approve or refuse a promotion that waits for a person"
    CHOOSE_ACCESS = "choose_access", "Can choose who has which role for a model"

    def __new__(cls, codename: str, words: str) -> Self:
        one = str.__new__(cls, f"predictions.{codename}")
        one._value_, one.words = str(one), words
        return one

    @property
    def codename(self) -> str:
        return self.rpartition(".")[2]


REGISTER = "predictions.add_registeredmodel"  # always held for all models only: there is no model yet


def allowed(user: Any, permission: str, model: Model) -> bool:
    """Whether the user holds the permission for all models or for this one."""
    if user is None or not user.is_active:
        return False
    return bool(user.has_perm(permission) or grants.holds_for(user, permission, model))


def people_who(permission: str, model: Model) -> list[Any]:
    """The active accounts that hold the permission for all models or for this one, by name."""
    app, _, codename = permission.partition(".")
    asked = {"content_type__app_label": app, "codename": codename}
    permissions = Permission.objects.filter(**asked)
    by_group = Q(groups__permissions__in=permissions)
    for_all = people().filter(Q(is_superuser=True) | Q(user_permissions__in=permissions) | by_group)
    found = {one.pk: one for one in [*for_all, *grants.people_with(permission, model)] if one.is_active}
    return sorted(found.values(), key=str)


def holds(user: Any, permission: str) -> bool:
    """Whether the user holds the permission for all models or for at least one."""
    if user is None or not user.is_active:
        return False
    return bool(user.has_perm(permission) or permission.rpartition(".")[2] in grants.held_somewhere(user))
