"""Every path in both forms: with a slash at its end and without, the same answer and no redirect."""

from typing import Any

from django.urls import URLPattern, path


def both_forms(route: str, view: Any, name: str) -> list[URLPattern]:
    """Return the patterns of `route` and `route/`; the name belongs to the first."""
    return [path(route, view, name=name), path(f"{route}/", view)]
