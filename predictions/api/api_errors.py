"""The one place where an error gets its HTTP status and its stable code.

Outside the admin every error is JSON: {"code", "detail", "errors": [{"field", "message"}]}.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from predictions.contract.bodies import TooManyRows
from predictions.contract.fields import FieldError, InvalidInput
from predictions.database import NotMigrated, lacks_migrations
from predictions.log.feedback import FeedbackDiffers, LabelInvalid, PredictionNotLoggedYet, PredictionUnknown
from predictions.registry import promotion
from predictions.registry.loading import HostAbsent, VersionUnloadable
from predictions.serving.answering import AlreadyLoading, NoFiniteAnswer, UnknownVersion
from predictions.serving.serving import HostAway, NoLiveVersion

NOTHING_HERE = "There is nothing at this path."
AWAY = "The database does not answer. Predictions still work. Try again later."


class UnknownName(NotFound):
    """A field of a request names something that does not exist."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


STATUS_AND_CODE: dict[type[Exception], tuple[int, str]] = {
    InvalidInput: (400, "invalid_input"),
    LabelInvalid: (400, "invalid_input"),
    PredictionUnknown: (404, "not_found"),
    UnknownVersion: (404, "not_found"),
    PredictionNotLoggedYet: (404, "prediction_not_logged_yet"),
    FeedbackDiffers: (409, "feedback_differs"),
    promotion.LiveVersionChanged: (409, "live_version_changed"),
    promotion.VersionRetired: (409, "version_retired"),
    promotion.AlreadyLive: (409, "already_live"),
    promotion.ModelHeld: (409, "model_held"),
    promotion.NothingToRollBackTo: (409, "nothing_to_roll_back_to"),
    TooManyRows: (413, "too_many_rows"),
    NoFiniteAnswer: (422, "no_finite_answer"),
    AlreadyLoading: (429, "already_loading"),
    NotMigrated: (503, "database_not_migrated"),
    OperationalError: (503, "database_away"),
    InterfaceError: (503, "database_away"),
    NoLiveVersion: (503, "no_live_version"),
    HostAway: (503, "model_host_away"),
    VersionUnloadable: (503, "version_unloadable"),
    HostAbsent: (503, "model_host_away"),
}
RETRY_AFTER_SECONDS = {"already_loading": "1", "prediction_not_logged_yet": "2"}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: first our own errors, then DRF's. None means a bug, which answers 500."""
    if lacks_migrations(error):
        error = NotMigrated()
    if type(error) in STATUS_AND_CODE:
        status, code = STATUS_AND_CODE[type(error)]
        detail = AWAY if code == "database_away" else str(error)
        headers = {"Retry-After": RETRY_AFTER_SECONDS[code]} if code in RETRY_AFTER_SECONDS else None
        return Response(error_body(code, detail, _fields_of(error, detail)), status=status, headers=headers)
    response = exception_handler(error, context)
    if response is not None:
        response.data = _body_of(error)
        for name, value in getattr(error, "headers", {}).items():
            response[name] = value
    return response


def error_body(code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return the body of every error outside the admin."""
    return {"code": code, "detail": detail, "errors": errors or []}


def _fields_of(error: Exception, detail: str) -> list[dict[str, Any]]:
    if isinstance(error, InvalidInput | NoFiniteAnswer):
        return [each.as_dict() for each in error.errors]
    field = getattr(error, "field", None)
    return [FieldError(field=field, message=detail).as_dict()] if field else []


def _body_of(error: Exception) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        fields = list(flat_errors(error.detail))
        return error_body("invalid_input", "; ".join(f"{e['field']}: {e['message']}" for e in fields), fields)
    if isinstance(error, APIException):
        detail = str(error.detail)
        return error_body(str(error.default_code), detail, _fields_of(error, detail))
    if isinstance(error, Http404):
        return error_body(NotFound.default_code, NOTHING_HERE)
    return error_body(APIException.default_code, str(error) or str(APIException.default_detail))


def flat_errors(detail: Any, field: str = "body") -> Iterator[dict[str, str]]:
    """Yield field and message of each error of a serializer."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flat_errors(inner, "body" if name == "non_field_errors" else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from flat_errors(inner, field)
    else:
        yield {"field": field, "message": str(detail)}


def is_admin(request: HttpRequest) -> bool:
    """Whether a browser requests a page of the admin: it has a session, and gets errors as HTML."""
    return f"{request.path_info}/".startswith("/admin/")


def _handler(in_admin: Callable[..., HttpResponse], status: int, code: str, detail: str) -> Any:
    """An error that no view answers: Django's own page in the admin, elsewhere JSON in the path's shape."""

    def handle(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if is_admin(request):
            return in_admin(request, exception) if exception else in_admin(request)
        is_v2 = f"{request.path_info}/".startswith("/v2/")
        return JsonResponse({"error": detail} if is_v2 else error_body(code, detail), status=status)

    return handle


bad_request = _handler(defaults.bad_request, 400, "bad_request", "The request is not valid.")
not_found = _handler(defaults.page_not_found, 404, NotFound.default_code, NOTHING_HERE)
server_error = _handler(defaults.server_error, 500, "error", "The server had an internal error.")
