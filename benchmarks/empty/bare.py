"""A WSGI function that answers a constant: what the server itself costs."""

from collections.abc import Callable, Iterable
from typing import Any

ENCODED = b'{"species":0,"model":"empty"}'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(ENCODED)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read nothing, answer the constant."""
    start_response("200 OK", HEADERS)
    return [ENCODED]
