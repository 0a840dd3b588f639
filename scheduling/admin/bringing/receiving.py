"""Pages whose forms bring files: each goes to quarantine as it arrives, as those of the API do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from predictions.contract.fields import InvalidInput
from scheduling.registering.waiting import WorkerBusy, slot
from scheduling.runs.parcels import FileTooLarge, NotStored, Parcel, parcel
from scheduling.views.registering.receiving import IntoQuarantine

CUT = "The connection was cut before everything had arrived. Send it again."
LAST = "everything"  # the name of the form's last field, its button: it is missing where a body was cut


def taking(*names: str) -> Callable[[Callable[..., HttpResponse]], Any]:
    """Decorate `view(self, request, …, sent)`, whose form has files of these names: a POST has a parcel.

    What no run has taken when the view ends is removed.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Any:
        # Django's check of the token reads the form, so it has to come after the handler of its files.
        @csrf_exempt
        @wraps(view)
        def page(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return view(self, request, *args, sent=Parcel(), **kwargs)
            try:
                with slot.occupied(), parcel() as sent:
                    request.upload_handlers = [IntoQuarantine(sent, names)]
                    return _checked(view, self, request, *args, sent=sent, **kwargs)
            except FileTooLarge as error:
                why = f"{error.field}: {error}"
            except (NotStored, InvalidInput) as error:
                why = str(error)
            except WorkerBusy as error:
                why = str(error.detail)
            self.message_user(request, why, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

        return page

    return decorate


def _checked(view: Any, self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer behind Django's check of the form's token."""

    @csrf_protect
    def inner(request: HttpRequest) -> HttpResponse:
        if LAST not in request.POST:
            self.message_user(request, CUT, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return view(self, request, *args, **kwargs)

    return inner(request)
