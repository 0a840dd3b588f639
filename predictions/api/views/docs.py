"""`/schema`, and `/docs`: Swagger UI."""

from typing import Any

from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from predictions.paths import path_of


class Schema(SpectacularJSONAPIView):
    """The OpenAPI schema, for everybody."""

    permission_classes = [AllowAny]


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files: the page and, with `?script`, its script."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    def _get_schema_url(self, request: Any) -> str:
        return path_of("schema")

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error in JSON as everywhere: the page's own renderer knows only templates."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
