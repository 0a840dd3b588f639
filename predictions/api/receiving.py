"""What `predictions.wsgi.model_delivery` does for each request, where the project does without it."""

from collections.abc import Callable
from functools import wraps
from os import SEEK_END
from time import perf_counter
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, JsonResponse

from predictions.api.api_errors import error_body
from predictions.counting import prometheus
from predictions.paths import path_info_of

NO_LENGTH = (
    "The server does not tell how long the body is. Send the header Content-Length, and not "
    "Transfer-Encoding: chunked."
)
TOO_SLOW = (
    "The body came too slowly while the server waited for others too. Send it in one go after the headers, "
    "or try again later."
)


def received(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view refuse a body of unknown length, and count its answers."""
    if prometheus.counts_in_front():  # the project counts all requests, and gives each body its length
        return view

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began, response = perf_counter(), None
        if isinstance(request, ASGIRequest):
            _measure(request)
        try:
            response = _refusal(request) if has_no_length(request.META) else view(request, *args, **kwargs)
            return response
        finally:
            if not prometheus.counts_in_front():
                prometheus.answered(request.path_info, response, perf_counter() - began)

    return answer


def has_no_length(environ: dict[str, Any]) -> bool:
    """Whether Django would read the body as empty: HTTP/1.1 sends it in chunks, HTTP/2 in frames.

    Under ASGI it has the whole body.
    """
    if environ.get("CONTENT_LENGTH") or "wsgi.input" not in environ:
        return False
    is_http2 = environ.get("SERVER_PROTOCOL") == "HTTP/2"
    in_frames = is_http2 and environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    return in_frames or "HTTP_TRANSFER_ENCODING" in environ


def too_slow(environ: dict[str, Any]) -> bytes:
    """Return what is answered to who sends a body too slowly: in the shape of the path, with status 408."""
    return JsonResponse(_body(environ.get("PATH_INFO", ""), "body_too_slow", TOO_SLOW)).content


def _measure(request: Any) -> None:
    """Tell the length of a body that came without one: Django has the whole in a file, and forms need it."""
    if not request.META.get("CONTENT_LENGTH") and request._stream.seekable():
        request.META["CONTENT_LENGTH"] = str(request._stream.seek(0, SEEK_END))
        request._stream.seek(0)


def _refusal(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_body(request.path_info, "length_required", NO_LENGTH), status=411)


def _body(path: str, code: str, detail: str) -> dict[str, Any]:
    is_v2 = path.startswith(path_info_of("v2-server"))
    return {"error": detail} if is_v2 else error_body(code, detail)
