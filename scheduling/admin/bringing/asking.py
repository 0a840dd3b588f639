"""Who clicks and may click, and what the functions that queue say to a form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import RegisteredModel
from predictions.models.people.access import REGISTER, May, allowed
from scheduling.admin.bringing.base import BringingForm
from scheduling.models import Run
from scheduling.registering import askers
from scheduling.registering.askers import Asker
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


def asker_of(request: HttpRequest, permission: May) -> Asker:
    """Say who clicks."""
    return askers.asker_of(request.user, permission, trigger=Run.Trigger.MANUAL)


BUTTONS = {
    "may_upload": May.UPLOAD,
    "may_add_data": May.ADD_DATASET,
    "may_train": May.REQUEST_RUN,
    "may_change": May.CHANGE,
    "may_change_recipe": May.CHANGE_POLICY,
}


def buttons_for(user: Any, model: RegisteredModel) -> dict[str, bool]:
    """Say which buttons this person has on the pages of a model, for templates."""
    may = {name: allowed(user, permission, model) for name, permission in BUTTONS.items()}
    return may | {"may_register": user.has_perm(REGISTER)}
