"""The page for an error that no view answers, where it is known what to do about it."""

import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse
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
