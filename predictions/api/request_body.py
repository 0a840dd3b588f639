"""The bytes of a request as its headers describe them: their length, encoding and charset."""

import codecs
import zlib
from typing import Any

from django.http import UnreadablePostError
from rest_framework.exceptions import APIException

from predictions.contract.fields import FieldError, InvalidInput

CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # by name, what zlib calls `wbits`
UTF8 = ("utf-8", "ascii")


class BodyTooLarge(APIException):
    """The body is over the view's limit, as it was sent or decompressed."""

    status_code = 413
    default_code = "body_too_large"
    field = "body"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes. Send less in one request.")


class UnsupportedBody(APIException):
    """The header `field` announces a body that the server does not read."""

    status_code = 415

    def __init__(self, field: str, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.default_code, self.headers = field, code, headers or {}


class WrongHeader(InvalidInput):
    """The header that is named does not fit the body: nothing is said about the values."""

    def __init__(self, header: str, message: str) -> None:
        super().__init__([FieldError(field=header, message=message)])
        self.sentence = f"{header}: {message}."


def read_body(request: Any, limit: int) -> bytes:
    """Return the body of Django's request or of DRF's, decompressed.

    Raises `BodyTooLarge` (before reading where the length is announced, and while decompressing),
    `UnsupportedBody`, or `InvalidInput` naming the header that does not fit the body.
    """
    coding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding not in CODINGS and coding not in ("", "identity"):
        message = "Input should be gzip or deflate, and only one of them."
        accepted = {"Accept-Encoding": "gzip, deflate"}
        raise UnsupportedBody("Content-Encoding", "unsupported_encoding", message, accepted)
    body = _received(request, limit)
    if coding in CODINGS:
        body = _inflated(body, coding, limit)
    if "charset" in request.content_params:
        _refuse_other_charset(request.content_params["charset"], body)
    return body


def _received(request: Any, limit: int) -> bytes:
    """Read as many bytes as the headers announce, and never more than the limit."""
    announced = announced_length(request, limit)
    try:
        body: bytes = request.read(limit + 1)
    except UnreadablePostError:
        body = b""
    if len(body) > limit:
        raise BodyTooLarge(limit)
    refuse_cut(announced, len(body))
    return body


def announced_length(request: Any, limit: int) -> int:
    """Return the length that the headers announce. Raises `BodyTooLarge` or `InvalidInput`."""
    if request.META.get("HTTP_TRANSFER_ENCODING", "chunked").lower() != "chunked":
        raise WrongHeader("Transfer-Encoding", "Input should be chunked")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()):
        raise WrongHeader("Content-Length", "Input should be a whole number")
    announced = int(length) if len(length) < 20 else limit + 1
    if announced > limit:
        raise BodyTooLarge(limit)
    return announced


def refuse_cut(announced: int, received: int) -> None:
    """Raise `InvalidInput` for a body that is shorter than its header says."""
    if received < announced:
        message = f"The header announces {announced} bytes, but the body has {received}"
        raise WrongHeader("Content-Length", message)


def _inflated(body: bytes, coding: str, limit: int) -> bytes:
    """Decompress up to the limit: the server never holds all that a small body can grow to."""
    inflater = zlib.decompressobj(CODINGS[coding])
    try:
        inflated = inflater.decompress(body, limit + 1)
    except zlib.error:
        raise WrongHeader("Content-Encoding", f"The body is not {coding}") from None
    if len(inflated) > limit:
        raise BodyTooLarge(limit)
    if not inflater.eof:
        raise WrongHeader("Content-Encoding", f"The {coding} data in the body is not complete")
    if inflater.unused_data:
        raise WrongHeader("Content-Encoding", f"The body has more bytes after the end of its {coding} data")
    return inflated


def _refuse_other_charset(charset: str, body: bytes) -> None:
    """Raise `UnsupportedBody` where the bytes mean something else in it than in UTF-8."""
    try:
        known = codecs.lookup(charset).name
    except (LookupError, ValueError):
        known = charset
    if known not in UTF8 and not (body.isascii() and b"\0" not in body):
        message = "The charset should be utf-8, which JSON always has."
        raise UnsupportedBody("Content-Type", "unsupported_charset", message)
