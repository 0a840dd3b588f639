"""Middleware that only the admin needs, kept off every other path; and what every path needs, made cheap."""

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve
from simple_history.middleware import HistoryRequestMiddleware

from predictions.api.paths import is_admin

MOST_HOSTS = 100


class AdminOnly:
    """Mixed in before a middleware: requests outside `/admin` pass it by.

    The API loses nothing: it knows a caller by token only, never by a session's cookie.
    """

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_admin(request):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class AdminCommonMiddleware(AdminOnly, CommonMiddleware):
    """Hosts and lengths, for the admin; `EveryPathMiddleware` sees to the others."""

    def process_request(self, request: HttpRequest) -> Any:
        """Refuse what Django's admin would fall over: forms refuse it by field, but these are no forms.

        PostgreSQL does not even compare with a zero character. Raises `BadRequest`.
        """
        asked = [request.path_info, *(value for _, values in request.GET.lists() for value in values)]
        if any("\0" in value for value in asked):
            raise BadRequest("A zero character.")
        if chosen := request.POST.getlist("_selected_action"):
            _refuse_other_than_keys(request, chosen)
        return super().process_request(request)


def _refuse_other_than_keys(request: HttpRequest, chosen: list[str]) -> None:
    """Raise `BadRequest` for rows that an action is to act on and that cannot be any."""
    model_admin: Any = getattr(resolve(request.path_info).func, "model_admin", None)
    if model_admin is None:
        return
    kind = model_admin.model._meta.pk
    try:
        for key in chosen:
            ProhibitNullCharactersValidator()(key)
            kind.run_validators(kind.to_python(key))
    except ValidationError:
        raise BadRequest("No key of a row.") from None


class AdminSessionMiddleware(AdminOnly, SessionMiddleware):
    """Sessions, for the admin."""


class AdminCsrfMiddleware(AdminOnly, CsrfViewMiddleware):
    """Protection from forged forms, for the admin."""


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


class EveryPathMiddleware:
    """What every answer needs, worked out once instead of at each request.

    The headers that keep browsers from framing a page and from loading what is not ours are the same
    for all: django-csp builds its policy anew for each answer, which takes longer than a prediction.
    A host that was found to be ours is ours the next time, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        makers = SecurityMiddleware(XFrameOptionsMiddleware(CSPMiddleware(lambda request: HttpResponse())))
        made: Any = makers(HttpRequest())
        self.headers = {name: value for name, value in made.items() if name != "Content-Type"}
        self.hosts: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host not in self.hosts:
            request.get_host()  # raises `DisallowedHost`
            if len(self.hosts) < MOST_HOSTS:  # a wildcard in ALLOWED_HOSTS would let anybody fill it
                self.hosts.add(host)
        response = self.get_response(request)
        headers = response.headers
        for name, value in self.headers.items():
            headers[name] = value
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        return response
