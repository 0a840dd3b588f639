"""`/docs`: Swagger UI out of our own static files, under a strict content security policy."""

from typing import Any

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response


class Docs(SpectacularSwaggerSplitView):
    """The page and, with `?script`, its script."""

    url_name = "schema"
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error in JSON, like everywhere: the page's own renderer knows templates only."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
