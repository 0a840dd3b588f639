"""`/v2/models/{name}` with and without a version: its metadata, and whether it is ready."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.open_inference import schemas
from predictions.api.open_inference.metadata import model_metadata
from predictions.api.views.lean import visible_model
from predictions.api.views.v2.errors import V2View
from predictions.contract.signature import SignatureSpec
from predictions.serving import on_demand, serving

NOT_READY = OpenApiResponse(description="Nothing is live, or the version could not be loaded.")
RETIRED = OpenApiResponse(description="The version is retired: its files were removed.")


class ModelView(V2View):
    """The base: which model and version the path names."""

    def asked(self, request: Request, name: str, label: str | None) -> tuple[list[str], SignatureSpec]:
        """Return the labels to tell of and the contract; the database is asked for other versions only.

        Raises `NotFound`, `NoLiveVersion`, `UnknownVersion` or `VersionRetired`.
        """
        snapshot = serving.current()
        served = visible_model(snapshot, request, name)
        if label is None or (served.version and served.version.label == label):
            version = snapshot.live(served)
            return [version.label], version.spec
        return [label], on_demand.registered(name, label).signature.spec()


class ModelMetadata(ModelView):
    """What a model takes and gives."""

    @extend_schema(
        operation_id="v2_model_metadata",
        tags=["open inference"],
        responses={200: OpenApiResponse(schemas.MODEL_METADATA), 503: NOT_READY},
    )
    def get(self, request: Request, name: str, label: str | None = None) -> Response:
        """Tell of inputs and outputs, by the signature."""
        labels, spec = self.asked(request, name, label)
        return Response(model_metadata(name, labels, spec))


@extend_schema_view(
    get=extend_schema(
        operation_id="v2_version_metadata",
        responses={200: OpenApiResponse(schemas.MODEL_METADATA), 409: RETIRED, 503: NOT_READY},
    )
)
class VersionMetadata(ModelMetadata):
    """The same of one version."""


class ModelReady(ModelView):
    """Whether `infer` would be answered."""

    @extend_schema(
        operation_id="v2_model_ready",
        tags=["open inference"],
        responses={200: OpenApiResponse(schemas.MODEL_READY), 503: NOT_READY},
    )
    def get(self, request: Request, name: str, label: str | None = None) -> Response:
        """A live version is ready when it is loaded; others are loaded when they are asked."""
        self.asked(request, name, label)
        return Response({"name": name, "ready": True})


@extend_schema_view(
    get=extend_schema(
        operation_id="v2_version_ready",
        responses={200: OpenApiResponse(schemas.MODEL_READY), 409: RETIRED, 503: NOT_READY},
    )
)
class VersionReady(ModelReady):
    """The same of one version."""
