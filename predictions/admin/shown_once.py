"""The page that shows a new secret, once: in the answer alone; messages may wait in a table."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def shown_once(
    request: HttpRequest, model_admin: Any, *, title: str, secret: str, hint: str, back: str
) -> HttpResponse:
    """Return it; `hint` says what the secret is for, and `back` is where the reader goes on."""
    context = model_admin.admin_site.each_context(request) | {
        "title": title, "secret": secret, "hint": hint, "back": back, "opts": model_admin.opts,
    }  # fmt: skip
    return TemplateResponse(request, "predictions/shown_once.html", context)
