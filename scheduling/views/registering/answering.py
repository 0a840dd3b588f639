"""What the views of registrations share: who asks, how long they wait, and the answer."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.api_errors import error_body
from predictions.models.people.access import May
from predictions.models.promotion import live_version
from predictions.paths import path_of
from scheduling.models import Run
from scheduling.registering import askers
from scheduling.registering.askers import Asker
from scheduling.registering.waiting import RunFailed, slot, wait_until_served
from scheduling.runs.parcels import NO_SPACE, DiskFull
from scheduling.views.registering.forms import FileForm
from scheduling.views.runs import KEY_PARAMETER, key_of

MOST_SECONDS = 120
WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])")
WAIT_PARAMETER = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER,
    description="`wait=N`: wait up to N seconds, at most 120, for the run to end.",
)  # fmt: skip
HEADERS = [KEY_PARAMETER, WAIT_PARAMETER]


def asker_of(request: Request, permission: May) -> Asker:
    """Say who sends this."""
    return askers.asker_of(request.user, permission, trigger=Run.Trigger.API, key=key_of(request))


def valid(form: type[FileForm], fields: dict[str, Any]) -> dict[str, Any]:
    """Return what a form accepted, without its files. Raises `ValidationError`."""
    asked = form(data=fields)
    asked.is_valid(raise_exception=True)
    return {name: value for name, value in asked.validated_data.items() if name not in form.files}


def wait_for(run: Run | None, request: Request) -> None:
    """Wait for a run as long as the request prefers; what went live is served when this returns."""
    found = WAIT.search(request.headers.get("Prefer", ""))
    if run is None or found is None:
        return
    slot.wait(run, seconds=min(int(found[1]), MOST_SECONDS))
    live = live_version(run.registered_model) if run.decision == Run.Decision.PROMOTED else None
    if live:
        wait_until_served(live)


def answer(run: Run | None, told: Any) -> Response:
    """201 where the run did it, 200 where it was there, 202 while it is not finished. Raises what failed."""
    if run is None:
        return Response(told())
    path = path_of("run", pk=run.pk)
    if run.is_unfinished:
        body = {"run": run.pk, "url": path}
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": path})
    if run.errors:
        return Response(error_body("invalid_input", run.reason, run.errors), status.HTTP_400_BAD_REQUEST)
    if NO_SPACE in run.reason:
        raise DiskFull(run.reason)
    if run.status != Run.Status.FINISHED:
        raise RunFailed(run.reason)
    return Response(told(), status=status.HTTP_201_CREATED, headers={"Location": path})
