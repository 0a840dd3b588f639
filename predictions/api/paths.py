"""Paths: each with and without a slash at its end; and which belong to the admin."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path


def both_forms(route: str, view: Any, name: str) -> list[URLPattern]:
    """Return the patterns of `route` and `route/`; the name belongs to the first."""
    return [path(route, view, name=name), path(f"{route}/", view)]


def is_admin(request: HttpRequest) -> bool:
    """Whether a browser requests a page of the admin: it has a session, and gets errors as HTML."""
    return f"{request.path_info}/".startswith("/admin/")
