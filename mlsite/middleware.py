"""Middleware that only the admin needs, kept off every other path: it doubles the cost of a request."""

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware

from predictions.paths import is_admin


class AdminOnly:
    """Mixed in before a middleware: requests outside `/admin` pass it by.

    The API loses nothing: it knows a caller by token only, never by a session's cookie.
    """

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_admin(request):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class AdminSessionMiddleware(AdminOnly, SessionMiddleware):
    """Sessions, for the admin."""


class AdminCsrfMiddleware(AdminOnly, CsrfViewMiddleware):
    """Protection from forged forms, for the admin."""


class AdminAuthenticationMiddleware(AdminOnly, AuthenticationMiddleware):
    """`request.user` from the session, for the admin."""


class AdminMessageMiddleware(AdminOnly, MessageMiddleware):
    """Messages after an action, for the admin."""


class PageHeadersMiddleware:
    """The headers that keep browsers from framing a page and from loading what is not ours.

    The same for every path, so they are made once: django-csp builds its policy anew for each answer,
    which takes longer than a prediction.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        made: Any = XFrameOptionsMiddleware(CSPMiddleware(lambda request: HttpResponse()))(HttpRequest())
        self.headers = {name: value for name, value in made.items() if name != "Content-Type"}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers[name] = value
        return response
