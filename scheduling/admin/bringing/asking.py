"""Who clicks and for which model, and what the functions that queue say to a form."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import RegisteredModel
from scheduling.admin.bringing.forms import BringingForm
from scheduling.models import Run
from scheduling.registering import permits
from scheduling.registering.asking import Asker
from scheduling.registering.standing import NameTaken


def asked_for(form: BringingForm, ask: Any) -> Run | bool | None:
    """Return what an asking function returns; False where it refuses, which the form then tells."""
    try:
        run: Run | None = ask(**form.asked)
    except InvalidInput as error:
        form.tell(error.errors)
    except NameTaken as error:
        form.tell([FieldError(field=error.field, message=str(error))])
    else:
        return run
    return False


def model_of(request: HttpRequest, pk: int, *permissions: str) -> RegisteredModel:
    """Return a model for which this person has one of these. Raises `Http404` or `PermissionDenied`."""
    if pk > 2**63 - 1:
        raise Http404
    model = get_object_or_404(RegisteredModel, pk=pk)
    if not any(permits.may(request.user, one, model) for one in permissions):
        raise PermissionDenied
    return model


def asker_of(request: HttpRequest, permission: str) -> Asker:
    """Say who clicked, and what they may and get."""
    user: Any = request.user

    def allows(model: RegisteredModel | None) -> None:
        if not permits.may(user, permission, model):
            raise PermissionDenied

    return Asker(
        by=user.get_username(), trigger=Run.Trigger.MANUAL, allows=allows,
        makes=lambda model: permits.let_continue(user, model),
    )  # fmt: skip
