"""Ours under a prefix, theirs beside it."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from mlsite.tests.foreign.rest import Theirs

urlpatterns = [
    path("ml/", include("predictions.urls")),
    path("office/", admin.site.urls),
    path("theirs", Theirs.as_view(), name="predict"),
]


def theirs(request, exception=None):
    return HttpResponse("theirs", status=500)


handler500 = "mlsite.tests.foreign.urls.theirs"
