"""Ours alone, in a namespace of the project's."""

from django.urls import include, path

urlpatterns = [path("ml/", include(("predictions.urls", "delivery"), namespace="iris"))]
