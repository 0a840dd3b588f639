"""Every path of the house, and the answers where there is none."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

import predictions.urls
from mlsite.docs import Docs
from mlsite.icon import Icon
from predictions.api.paths import both_forms

admin.site.site_header = admin.site.site_title = "Models in delivery"
admin.site.index_title = "Registry, runs and schedules"

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
