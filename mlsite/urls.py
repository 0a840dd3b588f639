"""Every path of the project, and the answers where there is no path."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

import predictions.urls
from predictions.api.defaults import ApiView
from predictions.api.openapi import extend_schema

admin.site.site_header = admin.site.site_title = "Models in delivery"
admin.site.index_title = "Overview"


class Icon(ApiView):
    """`/favicon.ico`, which browsers request without being told. Other methods get 405 as JSON."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseRedirect:
        return HttpResponseRedirect(static("predictions/icon.svg"))


urlpatterns = [
    *predictions.urls.urlpatterns,  # first and not included: either would cost each prediction microseconds
    path("admin/", admin.site.urls),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("favicon.ico", Icon.as_view()),
]

handler400 = "predictions.api.api_errors.bad_request"
handler404 = "predictions.api.api_errors.not_found"
handler500 = "mlsite.error_pages.server_error"
