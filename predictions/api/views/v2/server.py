"""`/v2`, `/v2/health/live`, `/v2/health/ready`: what this server is, and whether it serves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.open_inference import schemas
from predictions.api.views.v2.errors import V2View
from predictions.serving import serving

NAME = "mlsite"
EXTENSIONS = ["binary_tensor_data"]


class OpenView(V2View):
    """A view that does not look at tokens."""

    authentication_classes: list[Any] = []


class ServerMetadata(OpenView):
    """Who answers."""

    @extend_schema(
        operation_id="v2_server_metadata",
        tags=["open inference"],
        auth=[],
        responses={200: OpenApiResponse(schemas.SERVER_METADATA)},
    )
    def get(self, request: Request) -> Response:
        """Name, version, and the extensions of the protocol that are spoken."""
        version = settings.SPECTACULAR_SETTINGS["VERSION"]
        return Response({"name": NAME, "version": version, "extensions": EXTENSIONS})


class ServerLive(OpenView):
    """The process answers."""

    @extend_schema(
        operation_id="v2_server_live",
        tags=["open inference"],
        auth=[],
        responses={200: OpenApiResponse(schemas.LIVE)},
    )
    def get(self, request: Request) -> Response:
        """Say so."""
        return Response({"live": True})


class ServerReady(OpenView):
    """Whether this worker serves every live version; `/health/ready` says more."""

    @extend_schema(
        operation_id="v2_server_ready",
        tags=["open inference"],
        auth=[],
        responses={
            200: OpenApiResponse(schemas.READY),
            503: OpenApiResponse(
                schemas.NOT_READY, description="A live version is not loaded, or the ledger was never read."
            ),
        },
    )
    def get(self, request: Request) -> Response:
        """Compare what is loaded with what should be."""
        snapshot = serving.current()
        if snapshot.known and not snapshot.problems:
            return Response({"ready": True})
        message = "A live version is not loaded: /health/ready says why."
        return Response({"ready": False, "error": message}, status=503)
