"""Answers that are no success, as errors that name the fields and what to do."""

import json
from collections.abc import Mapping
from http.client import responses
from typing import Any

from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

from model_delivery.errors import (
    AccessDenied,
    Conflict,
    DeliveryError,
    InvalidInput,
    NotFound,
    RunFailed,
    ServerFailed,
    TooLarge,
    TryLater,
    Unreachable,
)
from model_delivery.records import problems_of

TO_GET_ONE = (
    "Make a token on the server (manage.py create_token <user>). "
    "Give it as Delivery(…, token=…) or in MODEL_DELIVERY_TOKEN."
)
KIND_OF: dict[int, type[DeliveryError]] = {
    400: InvalidInput, 401: AccessDenied, 403: AccessDenied, 404: NotFound, 405: NotFound, 407: AccessDenied,
    409: Conflict, 413: TooLarge, 415: InvalidInput, 422: InvalidInput, 429: TryLater, 503: TryLater,
}  # fmt: skip
KIND_OF_CODE: dict[str, type[DeliveryError]] = {"run_failed": RunFailed}
REMEDY_OF = {
    401: TO_GET_ONE,
    403: "Ask an administrator of the server for the permission, or use another token.",
    404: "Check the name; a private model exists only for tokens that may see it.",
    405: "The server may be older than this client: update it.",
    409: "Look at the state now, then try again.",
    413: "Send less, or let an operator raise the server's limit (for files MAX_UPLOAD_BYTES).",
    500: "It is an error of the server: its log says more.",
    507: "The server's disk is full: an operator has to make room.",
}
FIELD_OF = {401: "token", 403: "token"}


def parsed(body: bytes) -> Any:
    """Return the JSON of an answer; None if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def refusal(status: int, body: bytes, headers: Mapping[str, str], *, address: str) -> DeliveryError:
    """Return the error for an answer with a status of 300 and above."""
    if 300 <= status < 400:
        return _redirected(headers.get("Location", ""), address)
    told = parsed(body)
    if not isinstance(told, dict) or "detail" not in told:
        return _not_of_this_program(status, headers, address)
    pause = _retry_after(headers)
    code = str(told.get("code", ""))
    kind = KIND_OF_CODE.get(code) or KIND_OF.get(status, ServerFailed if status >= 500 else DeliveryError)
    problems = problems_of(told.get("errors"))
    message = "The server does not accept this:" if problems else str(told["detail"])
    remedy = "" if problems and kind is InvalidInput else REMEDY_OF.get(status, _later(status, pause))
    return kind(
        message, remedy=remedy, field=FIELD_OF.get(status, ""), problems=problems,
        code=code, retry_after=pause,
    )  # fmt: skip


def not_json(address: str) -> DeliveryError:
    """Return the error for a success that is not of this program."""
    return Unreachable(
        f"{address} answers, but not as this program does.", field="url",
        remedy="Check the address, with its path if the server is under one: https://example.org/ml.",
    )  # fmt: skip


def _not_of_this_program(status: int, headers: Mapping[str, str], address: str) -> DeliveryError:
    """A proxy's page, or another program's answer: of its text nothing is told, it may be anything."""
    phrase = responses.get(status, "no known status")
    message = f"{address} answered {status} ({phrase}), in a form that is not this program's."
    pause = _retry_after(headers)
    if status in (502, 503, 504):
        return TryLater(
            message,
            remedy="A proxy answers, the server behind it does not. Try again later.",
            retry_after=pause,
        )
    if status in (401, 403, 407, 413, 429):
        remedy = "A proxy in front of the server refused it: ask who operates it."
        return KIND_OF[status](message, remedy=remedy, retry_after=pause)
    if status >= 500:
        return ServerFailed(message, remedy=REMEDY_OF[500])
    return Unreachable(message, field="url", remedy=not_json(address).remedy)


def _redirected(location: str, address: str) -> DeliveryError:
    return Unreachable(
        f"{address} sends us to another address: {location or 'it does not say which'}.", field="url",
        remedy="Use that address for Delivery(…), if it is the server's and no page to log in.",
    )  # fmt: skip


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return Retry().parse_retry_after(headers["Retry-After"])
    except (KeyError, InvalidHeader):
        return None


def _later(status: int, pause: float | None) -> str:
    if status not in (429, 503):
        return ""
    if pause:
        return f"Try again in {pause:.0f} second{'' if round(pause) == 1 else 's'}."
    return "Try again later." if status == 429 else ""  # the API's own sentence says what a 503 waits for
