"""`/metrics`: for Prometheus, in its text format."""

import hmac
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from prometheus_client.exposition import choose_encoder
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from predictions.api.defaults import ApiView
from predictions.api.openapi import extend_schema
from predictions.callers.authentication import authentication_classes
from predictions.conf import config
from predictions.models.people.access import May
from scheduling.operations.prometheus import Exposition


class Scraper(AnonymousUser):
    """A caller with METRICS_TOKEN: may read `/metrics`, of all models, and nothing else."""

    is_authenticated = True  # type: ignore[assignment]

    def has_perm(self, perm: Any, obj: Any = None) -> bool:
        return bool(perm == May.READ)


class MetricsTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` with METRICS_TOKEN. It needs no database."""

    def authenticate(self, request: Request) -> tuple[Scraper, None] | None:
        """Compare in constant time; None where the header is of another kind."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer":
            return None
        wanted = config.METRICS_TOKEN
        if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
            raise AuthenticationFailed("Invalid token.")
        return Scraper(), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MetricsTokenScheme(OpenApiAuthenticationExtension):
    """The token in the OpenAPI schema."""

    target_class = MetricsTokenAuthentication
    name = "metrics_token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class MayScrape(BasePermission):
    """Callers with a token, and the staff by session; everybody where METRICS_PUBLIC is set."""

    def has_permission(self, request: Request, view: Any) -> bool:
        by_token = isinstance(request.user, Scraper) or request.auth is not None
        return config.METRICS_PUBLIC or by_token or bool(getattr(request.user, "is_staff", False))


class Metrics(ApiView):
    """Counters of all workers of this server, and the state of the rest."""

    authentication_classes = [MetricsTokenAuthentication, *authentication_classes()]
    permission_classes = [MayScrape]
    throttle_classes: list[Any] = []

    @extend_schema(
        operation_id="metrics", tags=["health"],
        responses={
            (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR, description="The Prometheus text format."),
            (200, "application/openmetrics-text"): OpenApiTypes.STR,
        },
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Return the metrics: all with METRICS_TOKEN, else those of the models that the caller may read."""
        exposition: Any = Exposition(reader=request.user)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return HttpResponse(encode(exposition), content_type=content_type)
