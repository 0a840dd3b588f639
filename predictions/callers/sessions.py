"""Sessions of the admin or of the project, with CSRF: what every Django project has."""

from copy import copy

from django.http import QueryDict
from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """As DRF's, but the CSRF token is read from the header X-CSRFToken alone."""

    def enforce_csrf(self, request: Request) -> None:
        """Raise `PermissionDenied`. To look into a form would read the files that a view streams."""
        without_form = copy(request._request)
        without_form.POST = QueryDict()
        super().enforce_csrf(without_form)  # type: ignore[arg-type]
