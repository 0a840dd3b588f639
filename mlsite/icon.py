"""`/favicon.ico`: where browsers look for an icon without being told."""

from typing import Any

from django.http import HttpResponseRedirect
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class Icon(APIView):
    """A way to the static file; other methods are refused in JSON, as everywhere."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseRedirect:
        """Go there."""
        return HttpResponseRedirect("/static/mlsite/icon.svg")
