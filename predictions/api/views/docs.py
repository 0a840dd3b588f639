"""`/schema`, and `/docs`: Swagger UI. Both describe our paths alone, by settings of our own."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.defaults import OwnDefaults, PlainJSON
from predictions.api.our_schema.settings import SCHEMA_SETTINGS, schema_settings
from predictions.paths import OURS, path_of


class SchemaJSON(PlainJSON, OpenApiJsonRenderer):
    """The same bytes in every project."""


class OurSchema(OwnDefaults):
    """Mixed in before a view of drf-spectacular's."""

    permission_classes: Any = [AllowAny]
    schema: Any = None
    generator_class = SchemaGenerator
    serve_public = True

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with schema_settings():
            response: Response = super().get(request, *args, **kwargs)  # type: ignore[misc]
            return response


class Schema(OurSchema, SpectacularJSONAPIView):
    """The OpenAPI schema, for everybody."""

    renderer_classes = [SchemaJSON]
    urlconf = OURS


class Docs(OurSchema, SpectacularSwaggerSplitView):
    """Swagger UI from our own static files: the page and, with `?script`, its script."""

    renderer_classes = SpectacularSwaggerSplitView.renderer_classes
    authentication_classes: list[Any] = []
    template_name = "predictions/docs.html"
    title = SCHEMA_SETTINGS["TITLE"]

    def _get_schema_url(self, request: Any) -> str:
        return path_of("schema")

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error in JSON as everywhere: the page's own renderer knows only templates."""
        self.request.accepted_renderer = PlainJSON()
        self.request.accepted_media_type = PlainJSON.media_type
        return super().handle_exception(exc)
