"""Pages for errors that no view answers, where it is known what to do about them."""

import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_NO_CSRF_COOKIE
from django.shortcuts import render

from mlsite.middleware import is_admin
from predictions import database
from predictions.api import api_errors


def server_error(request: HttpRequest) -> HttpResponse:
    """Name the command to a person who opens the admin of an empty database; else it is a bug."""
    error = sys.exception()
    if not (isinstance(error, Error) and database.lacks_migrations(error) and is_admin(request)):
        answer: HttpResponse = api_errors.server_error(request)
        return answer
    text = f"Run {database.how_to_migrate()} on the server, and load this page again."
    context = {"title": "The database lacks migrations", "text": text}
    return render(request, "mlsite/error_page.html", context, status=503)


NO_COOKIE = "Your browser sent no cookie. Allow cookies of this site, then send the form again."
OTHER_ADDRESS = (
    "Your browser calls this site by an address that the server does not know. Whoever runs it lets the "
    "proxy pass on the header Host, or names the address in CSRF_TRUSTED_ORIGINS."
)
IS_OLD = (
    "Somebody logged in or out in this browser after the form was loaded, perhaps in another tab. Go back to "
    "the form and send it again: what you typed is still there, if your browser runs scripts."
)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say why a form was not taken, and lead back to it."""
    is_foreign = reason.startswith(REASON_BAD_ORIGIN.partition("%")[0])
    text = OTHER_ADDRESS if is_foreign else NO_COOKIE if reason == REASON_NO_CSRF_COOKIE else IS_OLD
    context = {
        "title": "The form was not sent, and nothing was changed",
        "text": text,
        "back": request.get_full_path(),
    }
    return render(request, "mlsite/error_page.html", context, status=403)
