"""`/v2`, the Open Inference Protocol: its health checks and models. Every error is {"error": …}."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema_view
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from predictions import __version__
from predictions.api import api_errors, schemas
from predictions.api.defaults import ApiView
from predictions.api.open_inference import outputs
from predictions.api.open_inference.door import BINARY, JSON, TENSORS
from predictions.api.open_inference.tensors import BadInference
from predictions.api.openapi import NOT_SERVED, OF_MODEL, OF_VERSION, RETIRED, extend_schema
from predictions.api.views import lean
from predictions.api.views.lean import AnyRequest, LeanView, live_if_named
from predictions.lane.doors import Route
from predictions.models import ModelVersion
from predictions.paths import pointing
from predictions.registry.loading import LoadedVersion
from predictions.serving import answering, serving

NAME = "django-model-delivery"
EXTENSIONS = ["binary_tensor_data"]
WHEN_NOT_READY = "A live version is not loaded, or the ledger was never read."
METADATA: dict[Any, Any] = {200: schemas.MODEL_METADATA} | NOT_SERVED
READY: dict[Any, Any] = {200: schemas.MODEL_READY} | NOT_SERVED
BODY = {JSON: schemas.INFER_REQUEST, BINARY: OpenApiTypes.BINARY}
ANSWERED = "`outputs`, as bytes where requested, and the `id` of the request."
ANSWERS: dict[Any, Any] = OF_MODEL | {
    (200, JSON): OpenApiResponse(schemas.INFER_RESPONSE, description=ANSWERED),
    (200, BINARY): OpenApiTypes.BINARY,
}
NOT_ALLOWED = "The version is not live, and the token's user may not try such versions."
OF_ONE = ANSWERS | OF_VERSION | {403: OpenApiResponse(description=NOT_ALLOWED)}
described = partial(extend_schema, tags=["open inference"])


def answer_error(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler for `/v2`: the same errors and statuses, as {"error": sentence}."""
    if isinstance(error, BadInference):
        return Response({"error": str(error)}, status=400)
    response = api_errors.answer(error, context)
    response.data = {"error": response.data["detail"]}
    return response


class V2View(ApiView):
    """The base of the views under `/v2`."""

    permission_classes = [AllowAny]
    error_component = "V2Error"

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return answer_error


class ServerView(V2View):
    """The base of the views of the server, which need no token and read none. A probe is never refused."""

    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []


class ServerMetadata(ServerView):
    """The server's name, version, and extensions of the protocol."""

    @described(operation_id="v2_server_metadata", auth=[], responses={200: schemas.SERVER_METADATA})
    def get(self, request: Request) -> Response:
        return Response({"name": NAME, "version": __version__, "extensions": EXTENSIONS})


class ServerLive(ServerView):
    """The process answers."""

    @described(operation_id="v2_server_live", auth=[], responses={200: schemas.LIVE})
    def get(self, request: Request) -> Response:
        return Response({"live": True})


class ServerReady(ServerView):
    """Whether this worker serves every live version; `/health/ready` says more."""

    @described(
        operation_id="v2_server_ready", auth=[],
        responses={200: schemas.READY, 503: OpenApiResponse(schemas.NOT_READY, description=WHEN_NOT_READY)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        snapshot = serving.current()
        if snapshot.known and not snapshot.problems:
            return Response({"ready": True})
        message = "A live version is not loaded." + pointing(" {} says why.", "health-ready")
        return Response({"ready": False, "error": message}, status=503)


class ModelView(V2View):
    """The base of the views of one model or version."""

    def asked(self, request: Request, name: str, label: str | None) -> LoadedVersion | ModelVersion:
        """Return the version as it is served; only one that is not live is read from the database.

        Raises `NotFound`, `NoLiveVersion`, `UnknownVersion` or `VersionRetired`.
        """
        if version := live_if_named(request, name, label):
            return version
        assert label is not None
        return answering.registered(name, label)


class ModelMetadata(ModelView):
    """The inputs and outputs of a model, by its signature."""

    @described(operation_id="v2_model_metadata", responses=METADATA)
    def get(self, request: Request, name: str, label: str | None = None) -> Response:
        version = self.asked(request, name, label)
        spec = version.spec if isinstance(version, LoadedVersion) else version.signature.spec()
        told = outputs.model_metadata(name, version.label, spec, probabilities=version.has_probabilities)
        return Response(told)


@extend_schema_view(get=extend_schema(operation_id="v2_version_metadata", responses=METADATA | RETIRED))
class VersionMetadata(ModelMetadata):
    """The inputs and outputs of one version."""


class ModelReady(ModelView):
    """Whether the server answers `infer`: it loads a version that is not live when a caller asks it."""

    @described(operation_id="v2_model_ready", responses=READY)
    def get(self, request: Request, name: str, label: str | None = None) -> Response:
        self.asked(request, name, label)
        return Response({"name": name, "ready": True})


@extend_schema_view(get=extend_schema(operation_id="v2_version_ready", responses=READY | RETIRED))
class VersionReady(ModelReady):
    """Whether the server answers `infer` for one version."""


class Infer(V2View, LeanView):
    """Predict. A version that is not live needs a token with `predictions.try_version`."""

    @described(operation_id="v2_infer", request=BODY, responses=ANSWERS)
    def post(self, request: AnyRequest, name: str, label: str | None = None) -> HttpResponse:
        version = live_if_named(request, name, label)
        if version is None:
            assert label is not None
            lean.require_try(request, name)
            version = answering.find(name, label)
        self.asked = version
        return lean.predicted(request, version, Route(TENSORS, name, label))


@extend_schema_view(post=extend_schema(operation_id="v2_version_infer", request=BODY, responses=OF_ONE))
class VersionInfer(Infer):
    """Predict with one version. One that is not live needs a token with `predictions.try_version`."""
