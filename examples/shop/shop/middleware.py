"""Middleware of the shop's own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ServedByMiddleware:
    """Every answer says which site gave it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["X-Served-By"] = "shop"
        return response
