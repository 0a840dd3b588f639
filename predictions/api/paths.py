"""Paths: each in both forms, with a slash at its end and without; and which of them are the admin's."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path


def both_forms(route: str, view: Any, name: str) -> list[URLPattern]:
    """Return the patterns of `route` and `route/`; the name belongs to the first."""
    return [path(route, view, name=name), path(f"{route}/", view)]


def is_admin(request: HttpRequest) -> bool:
    """Whether a person's browser asks for a page of the admin: sessions, and errors in HTML."""
    return f"{request.path_info}/".startswith("/admin/")


def is_v2(request: HttpRequest) -> bool:
    """Whether a client of the Open Inference Protocol asks: it knows one shape of errors."""
    return f"{request.path_info}/".startswith("/v2/")
