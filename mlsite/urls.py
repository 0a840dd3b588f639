"""Every path of the project, its documentation page, and the answers where there is no path."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import predictions.urls
from predictions.urls import both_forms

admin.site.site_header = admin.site.site_title = "Models in delivery"
admin.site.index_title = "Overview"


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files: the page and, with `?script`, its script."""

    url_name = "schema"
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error in JSON as everywhere: the page's own renderer knows only templates."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)


class Icon(APIView):
    """`/favicon.ico`, which browsers request without being told. Other methods get 405 as JSON."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseRedirect:
        return HttpResponseRedirect("/static/mlsite/icon.svg")


schema = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny])
urlpatterns = [
    *predictions.urls.urlpatterns,  # first and not included: either would cost each prediction microseconds
    path("admin/", admin.site.urls),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    *both_forms("schema", schema, "schema"),
    *both_forms("docs", Docs.as_view(), "docs"),
    path("favicon.ico", Icon.as_view()),
    path("", include("scheduling.urls")),
]

handler400 = "predictions.api.api_errors.bad_request"
handler404 = "predictions.api.api_errors.not_found"
handler500 = "predictions.api.api_errors.server_error"
