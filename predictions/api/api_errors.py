"""Facts to HTTP: the one place where an error gets its status and its stable code.

Outside the admin every error is JSON: {"code", "detail", "errors": [{"field", "message"}]}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from predictions.api.paths import is_admin, is_v2
from predictions.contract.bodies import TooManyRows
from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.log.feedback import (
    FeedbackDiffers,
    FeedbackRefused,
    LabelInvalid,
    PredictionNotLoggedYet,
    PredictionUnknown,
)
from predictions.registry.loading import VersionUnloadable
from predictions.registry.promotion import (
    AlreadyLive,
    LiveVersionChanged,
    ModelHeld,
    NothingToRollBackTo,
    VersionRetired,
)
from predictions.serving.answering import NoFiniteAnswer
from predictions.serving.on_demand import AlreadyLoading, UnknownVersion
from predictions.serving.serving import NoLiveVersion

NOTHING_HERE = "There is nothing at this path."
AWAY = "The database does not answer; predictions go on without it."


class UnknownName(NotFound):
    """A field of a request names something that is not there."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


STATUS_AND_CODE: dict[type[Exception], tuple[int, str]] = {
    InvalidInput: (status.HTTP_400_BAD_REQUEST, "invalid_input"),
    LabelInvalid: (status.HTTP_400_BAD_REQUEST, "invalid_input"),
    PredictionUnknown: (status.HTTP_404_NOT_FOUND, "not_found"),
    PredictionNotLoggedYet: (status.HTTP_404_NOT_FOUND, "prediction_not_logged_yet"),
    FeedbackDiffers: (status.HTTP_409_CONFLICT, "feedback_differs"),
    LiveVersionChanged: (status.HTTP_409_CONFLICT, "live_version_changed"),
    VersionRetired: (status.HTTP_409_CONFLICT, "version_retired"),
    AlreadyLive: (status.HTTP_409_CONFLICT, "already_live"),
    ModelHeld: (status.HTTP_409_CONFLICT, "model_held"),
    OperationalError: (status.HTTP_503_SERVICE_UNAVAILABLE, "database_away"),
    InterfaceError: (status.HTTP_503_SERVICE_UNAVAILABLE, "database_away"),
    NothingToRollBackTo: (status.HTTP_409_CONFLICT, "nothing_to_roll_back_to"),
    TooManyRows: (status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_many_rows"),
    NoFiniteAnswer: (status.HTTP_422_UNPROCESSABLE_ENTITY, "no_finite_answer"),
    UnknownVersion: (status.HTTP_404_NOT_FOUND, "not_found"),
    NoLiveVersion: (status.HTTP_503_SERVICE_UNAVAILABLE, "no_live_version"),
    VersionUnloadable: (status.HTTP_503_SERVICE_UNAVAILABLE, "version_unloadable"),
    AlreadyLoading: (status.HTTP_429_TOO_MANY_REQUESTS, "already_loading"),
}
RETRY_AFTER_SECONDS = {"already_loading": "1", "prediction_not_logged_yet": "2"}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our facts, then DRF's own errors; None is a bug, a 500."""
    if type(error) in STATUS_AND_CODE:
        code, name = STATUS_AND_CODE[type(error)]
        fields = _named_in(error)
        detail = AWAY if name == "database_away" else str(error)
        headers = {"Retry-After": RETRY_AFTER_SECONDS[name]} if name in RETRY_AFTER_SECONDS else None
        return Response(error_body(name, detail, fields), status=code, headers=headers)
    response = exception_handler(error, context)
    if response is not None:
        response.data = _body_of(error)
        for name, value in getattr(error, "headers", {}).items():
            response[name] = value
    return response


def _named_in(error: Exception) -> list[dict[str, Any]]:
    """The fields that one of our facts is about."""
    if isinstance(error, InvalidInput | NoFiniteAnswer):
        return [each.as_dict() for each in error.errors]
    if isinstance(error, FeedbackRefused):
        return [FieldError(field=error.field, message=str(error)).as_dict()]
    return []


def error_body(code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The body of every error outside the admin."""
    return {"code": code, "detail": detail, "errors": errors or []}


def _body_of(error: Exception) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        fields = list(_field_errors(error.detail))
        detail = "; ".join(f"{e['field']}: {e['message']}" for e in fields)
        return error_body("invalid_input", detail, fields)
    if isinstance(error, APIException):
        field = getattr(error, "field", None)
        named = [FieldError(field=field, message=str(error.detail)).as_dict()] if field else []
        return error_body(str(error.default_code), str(error.detail), named)
    if isinstance(error, Http404):
        return error_body(NotFound.default_code, NOTHING_HERE)
    return error_body(APIException.default_code, str(error) or str(APIException.default_detail))


def _field_errors(detail: Any, field: str = "body") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _field_errors(inner, "body" if name == "non_field_errors" else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _field_errors(inner, field)
    else:
        yield {"field": field, "message": str(detail)}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses, such as a host that is not ours."""
    if is_admin(request):
        return defaults.bad_request(request, exception)
    return _plain(request, 400, "bad_request", "The request cannot be understood.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such path."""
    if is_admin(request):
        return defaults.page_not_found(request, exception)
    return _plain(request, 404, NotFound.default_code, NOTHING_HERE)


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug, or the database is away."""
    if is_admin(request):
        return defaults.server_error(request)
    return _plain(request, 500, "error", "The server failed to answer.")


def _plain(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """An error that no view answers, in the shape of its path."""
    return JsonResponse({"error": detail} if is_v2(request) else error_body(code, detail), status=status)
