"""The bytes of a request as its headers describe them: how long, how coded, in which charset.

What a header says is followed or refused by that header's name: a body is not blamed for it.
"""

from __future__ import annotations

import codecs
import zlib
from typing import Any

from django.http import UnreadablePostError
from rest_framework.exceptions import APIException

from predictions.contract.field_errors import FieldError, InvalidInput

CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # by name, what zlib calls `wbits`
UTF8 = ("utf-8", "ascii")


class BodyTooLarge(APIException):
    """The body is over the view's limit, as it came or inflated."""

    status_code = 413
    default_code = "body_too_large"
    field = "body"


class UnsupportedBody(APIException):
    """A header says that the body is something that is not read here."""

    status_code = 415

    def __init__(self, message: str) -> None:
        super().__init__(f"{self.field}: {message}")

    field: str
    headers: dict[str, str] = {}


class UnsupportedEncoding(UnsupportedBody):
    """`Content-Encoding` names another than those that are inflated."""

    default_code = "unsupported_encoding"
    field = "Content-Encoding"
    headers = {"Accept-Encoding": "gzip, deflate"}


class UnsupportedCharset(UnsupportedBody):
    """`Content-Type` names another than UTF-8, and it matters."""

    default_code = "unsupported_charset"
    field = "Content-Type"


def read_body(request: Any, limit: int) -> bytes:
    """Return the body of Django's request or of DRF's, inflated where it came compressed.

    Raises `BodyTooLarge` (before reading where the length is announced, and while inflating),
    `UnsupportedBody`, or `InvalidInput` naming the header that the body is not as.
    """
    coding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding not in CODINGS and coding not in ("", "identity"):
        raise UnsupportedEncoding("gzip and deflate are taken, one of them.")
    body = _received(request, limit)
    if coding in CODINGS:
        body = _inflated(body, coding, limit)
    if "charset" in request.content_params:
        _refuse_other_charset(request.content_params["charset"], body)
    return body


def _received(request: Any, limit: int) -> bytes:
    """Read what was announced, and not more than is allowed."""
    if request.META.get("HTTP_TRANSFER_ENCODING", "chunked").lower() != "chunked":
        raise _not_as("Transfer-Encoding", "Only chunked is taken")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()):
        raise _not_as("Content-Length", "Input should be a whole number")
    announced = int(length) if len(length) < 20 else limit + 1
    if announced > limit:
        raise _too_large(limit)
    try:
        body: bytes = request.read(limit + 1)
    except UnreadablePostError:
        body = b""
    if len(body) > limit:
        raise _too_large(limit)
    if len(body) < announced:
        raise _not_as("Content-Length", f"It says {announced} bytes, {len(body)} came")
    return body


def _inflated(body: bytes, coding: str, limit: int) -> bytes:
    """Inflate up to the limit: what a small body can grow to is never held."""
    inflater = zlib.decompressobj(CODINGS[coding])
    try:
        inflated = inflater.decompress(body, limit + 1)
    except zlib.error:
        raise _not_as("Content-Encoding", f"The body is not {coding}") from None
    if len(inflated) > limit:
        raise _too_large(limit)
    if not inflater.eof:
        raise _not_as("Content-Encoding", f"The body is {coding} that ends too early")
    if inflater.unused_data:
        raise _not_as("Content-Encoding", f"The body goes on after the end of its {coding}")
    return inflated


def _refuse_other_charset(charset: str, body: bytes) -> None:
    """Raise `UnsupportedCharset` where the bytes would read otherwise in it than in UTF-8."""
    try:
        known = codecs.lookup(charset).name
    except (LookupError, ValueError):
        known = charset
    if known not in UTF8 and not (body.isascii() and b"\0" not in body):
        raise UnsupportedCharset("JSON is read as UTF-8, not as another charset.")


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {limit} bytes.")


def _not_as(header: str, message: str) -> InvalidInput:
    return InvalidInput([FieldError(field=header, message=message)])
