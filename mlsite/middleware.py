"""Middleware that only the admin needs, kept off every other path: it doubles the cost of a request."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from simple_history.middleware import HistoryRequestMiddleware

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


class AdminAuthenticationMiddleware(AdminOnly, AuthenticationMiddleware):
    """`request.user` from the session, for the admin."""


class AdminMessageMiddleware(AdminOnly, MessageMiddleware):
    """Messages after an action, for the admin."""


class AdminHistoryMiddleware:
    """Lets the history of what people decide know who is signed in, for the admin."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        self._recording = HistoryRequestMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> Any:
        return self._recording(request) if is_admin(request) else self.get_response(request)
