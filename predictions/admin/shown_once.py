"""The page that shows a new secret, once: in the answer alone; messages may wait in a table.

Reloading it sends the same form again. Of each form that was answered with a secret the session keeps a
hash, and the second time nothing is made: neither a row nor a secret in place of the one that was copied.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.crypto import salted_hmac

from predictions.paths import admin_path

ANSWERED = "forms_answered_with_a_secret"
MOST = 20
AGAIN = (
    "It was made already, and its secret was shown: once. If you have not copied it, make another. This page "
    "made nothing."
)


def shown_once(
    request: HttpRequest, model_admin: Any, *, title: str, secret: str, hint: str, back: str
) -> HttpResponse:
    """Return it; `hint` says what the secret is for, and `back` is where the reader goes on."""
    request.session[ANSWERED] = [*request.session.get(ANSWERED, []), _hash_of(request)][-MOST:]
    context = model_admin.admin_site.each_context(request) | {
        "title": title, "secret": secret, "hint": hint, "back": back, "opts": model_admin.opts,
    }  # fmt: skip
    return TemplateResponse(request, "predictions/shown_once.html", context)


class ShowsOnce:
    """Mixed in before a `ModelAdmin` that answers a form by `shown_once`."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and _hash_of(request) in request.session.get(ANSWERED, []):
            page: Any = self
            page.message_user(request, AGAIN, messages.WARNING)
            return HttpResponseRedirect(
                admin_path(f"{page.opts.app_label}_{page.opts.model_name}_changelist")
            )
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]


def _hash_of(request: HttpRequest) -> str:
    """Of where the form went and what it holds; each page that has a form has another CSRF token in it."""
    sent = f"{request.path}?{request.POST.urlencode()}"
    return salted_hmac(__name__, sent, algorithm="sha256").hexdigest()
