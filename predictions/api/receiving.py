"""What `predictions.wsgi.model_delivery` does for each request, where the project does without it."""

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from predictions.api.api_errors import error_body
from predictions.counting import prometheus

NO_LENGTH = (
    "The server does not tell how long the body is. Send the header Content-Length, and not "
    "Transfer-Encoding: chunked."
)


def received(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view refuse a body of unknown length, and count its answers."""
    if prometheus.counts_in_front():  # the project counts all requests, and gives each body its length
        return view

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began, response = perf_counter(), None
        try:
            response = _without_length(request.META) or view(request, *args, **kwargs)
            return response
        finally:
            if not prometheus.counts_in_front():
                prometheus.answered(request.path_info, response, perf_counter() - began)

    return answer


def _without_length(environ: dict[str, Any]) -> HttpResponse | None:
    """Refuse what Django would read as empty. Under ASGI it has the whole body."""
    if (
        environ.get("CONTENT_LENGTH")
        or "HTTP_TRANSFER_ENCODING" not in environ
        or "wsgi.input" not in environ
    ):
        return None
    return JsonResponse(error_body("length_required", NO_LENGTH), status=411)
