"""Middleware that only the admin needs, kept off every other path; and what every path needs, made cheap."""

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
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
from django.urls import Resolver404, resolve

MOST_HOSTS = 100


def is_admin(request: HttpRequest) -> bool:
    """Whether a browser requests a page of the admin: it has a session."""
    return f"{request.path_info}/".startswith("/admin/")


class AdminOnly:
    """Mixed in before a middleware: requests that have no session skip it: all but `/admin` and `/`."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_admin(request) or request.path_info == "/":
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


AdminSessionMiddleware = type("AdminSession", (AdminOnly, SessionMiddleware), {})
AdminCsrfMiddleware = type("AdminCsrf", (AdminOnly, CsrfViewMiddleware), {})
AdminAuthenticationMiddleware = type("AdminAuthentication", (AdminOnly, AuthenticationMiddleware), {})
AdminMessageMiddleware = type("AdminMessage", (AdminOnly, MessageMiddleware), {})


class AdminSecurityMiddleware(SecurityMiddleware):
    """Redirects only the admin to HTTPS: a redirected POST loses its body, and probes speak plain HTTP."""

    def process_request(self, request: HttpRequest) -> Any:
        return super().process_request(request) if is_admin(request) else None


class AdminCommonMiddleware(AdminOnly, CommonMiddleware):
    """Checks hosts and sets lengths for the admin; `EveryPathMiddleware` does so for the other paths."""

    def process_request(self, request: HttpRequest) -> Any:
        """Raise `BadRequest` for values that are a server error in Django's admin: no form checks them."""
        # PostgreSQL does not accept a zero character.
        given = [request.path_info, *(value for _, values in request.GET.lists() for value in values)]
        if any("\0" in value for value in given):
            raise BadRequest("The request contains a zero character.")
        if not _receives_files(request) and (chosen := request.POST.getlist("_selected_action")):
            _check_keys(request, chosen)
        return super().process_request(request)


def _receives_files(request: HttpRequest) -> bool:
    """Whether the page reads the form itself, and checks its token then: its files go elsewhere first."""
    try:
        return bool(getattr(resolve(request.path_info).func, "csrf_exempt", False))
    except Resolver404:
        return False


def _check_keys(request: HttpRequest, chosen: list[str]) -> None:
    """Raise `BadRequest` if a key of the rows that an admin action is about cannot exist."""
    model_admin: Any = getattr(resolve(request.path_info).func, "model_admin", None)
    if model_admin is None:
        return
    kind = model_admin.model._meta.pk
    try:
        for key in chosen:
            ProhibitNullCharactersValidator()(key)
            kind.run_validators(kind.to_python(key))
    except ValidationError:
        raise BadRequest("A selected row cannot exist.") from None


class EveryPathMiddleware:
    """What every answer needs, computed once. A host that was once found to be allowed stays allowed."""

    # The headers that keep browsers from framing a page and from loading foreign files are the same for all
    # answers. django-csp would build its policy for each, which takes longer than a prediction.

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        frames = XFrameOptionsMiddleware(CSPMiddleware(lambda request: HttpResponse()))
        made: Any = AdminSecurityMiddleware(frames)(HttpRequest())
        self.headers = {name: value for name, value in made.items() if name != "Content-Type"}
        self.hosts: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host not in self.hosts:
            request.get_host()  # raises `DisallowedHost`
            if len(self.hosts) < MOST_HOSTS:  # with a wildcard in ALLOWED_HOSTS clients could fill it
                self.hosts.add(host)
        response = self.get_response(request)
        headers = response.headers
        for name, value in self.headers.items():
            headers[name] = value
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        return response


def client_address(request: HttpRequest) -> str:
    """Return the address that our own proxy saw, for the login lock-out. Clients can fake the other hops."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
