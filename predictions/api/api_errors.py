"""The one place where an error gets its HTTP status and its stable code.

Every error of our paths is JSON: {"code", "detail", "errors": [{"field", "message"}]}.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.log import log_response
from django.views import defaults
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from predictions.api.request_body import WrongHeader
from predictions.contract.bodies import TooManyRows
from predictions.contract.fields import FieldError, InvalidInput
from predictions.database import NotMigrated, lacks_migrations
from predictions.log.feedback import FeedbackDiffers, LabelInvalid, PredictionNotLoggedYet, PredictionUnknown
from predictions.paths import admin_path_info, below_mount
from predictions.registry import promotion
from predictions.registry.loading import HostAbsent, VersionUnloadable
from predictions.serving.answering import AlreadyLoading, NoFiniteAnswer, UnknownVersion
from predictions.serving.serving import HostAway, NoLiveVersion

OUR_FAULT = "The server had an internal error."
NOT_VALID = "The request is not valid."
NOTHING_HERE = "There is nothing at this path."
AWAY = "The database does not answer. Predictions of public models work without a token. Try again later."


class UnknownName(NotFound):
    """A field of a request names something that does not exist."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


STATUS_AND_CODE: dict[type[Exception], tuple[int, str]] = {
    InvalidInput: (400, "invalid_input"),
    WrongHeader: (400, "invalid_input"),
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


def know(errors: dict[type[Exception], tuple[int, str]]) -> None:
    """Let errors of another app have their status and code."""
    STATUS_AND_CODE.update(errors)


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: first our own errors, then DRF's; what is left is a bug, and answers 500."""
    if lacks_migrations(error):
        error = NotMigrated()
    if type(error) in STATUS_AND_CODE:
        status, code = STATUS_AND_CODE[type(error)]
        detail = AWAY if code == "database_away" else str(error)
        headers = {"Retry-After": RETRY_AFTER_SECONDS[code]} if code in RETRY_AFTER_SECONDS else None
        return Response(error_body(code, detail, _fields_of(error, detail)), status=status, headers=headers)
    if isinstance(error, SuspiciousOperation | BadRequest):
        return Response(error_body("bad_request", NOT_VALID), status=400)
    response = exception_handler(error, context)
    if response is None:
        return _answer_to_bug(error, context["request"]._request)
    response.data = _body_of(error)
    for name, value in getattr(error, "headers", {}).items():
        response[name] = value
    return response


def _answer_to_bug(error: Exception, request: HttpRequest) -> Response:
    """Do what Django does with an error that no view answers, but the project's `handler500`."""
    if settings.DEBUG:
        raise error  # for Django's page
    response = Response(error_body("error", OUR_FAULT), status=500)
    got_request_exception.send(sender=None, request=request)
    text = "%s: %s"
    log_response(
        text, response.status_text, request.path, response=response, request=request, exception=error
    )
    return response


def error_body(code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return the body of every error."""
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
            yield from flat_errors(inner, "body" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from flat_errors(inner, field)
    else:
        yield {"field": field, "message": str(detail)}


def _path_of_ours(request: HttpRequest) -> str | None:
    """Return the path below our mount; None in the admin, and in the rest of the project."""
    admin = admin_path_info("index")
    is_admin = admin and f"{request.path_info}/".startswith(admin)
    return None if is_admin else below_mount(request.path_info)


def _handler(page: Callable[..., HttpResponse], status: int, code: str, detail: str) -> Any:
    """An error that no view answers: JSON in the path's shape for our paths, elsewhere Django's own page."""

    def handle(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        path = _path_of_ours(request)
        if path is None:
            return page(request, exception) if exception else page(request)
        is_v2 = f"{path}/".startswith("/v2/")
        return JsonResponse({"error": detail} if is_v2 else error_body(code, detail), status=status)

    return handle


bad_request = _handler(defaults.bad_request, 400, "bad_request", NOT_VALID)
not_found = _handler(defaults.page_not_found, 404, NotFound.default_code, NOTHING_HERE)
server_error = _handler(defaults.server_error, 500, "error", OUR_FAULT)
