"""`POST /v2/models/{name}/infer`, with and without a version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view

from predictions.api.open_inference import inputs, messages, outputs, schemas
from predictions.api.request_body import read_body
from predictions.api.views.lean import (
    JSON,
    AnyRequest,
    LeanView,
    caller_of,
    ready,
    require_try,
    visible_model,
)
from predictions.api.views.v2.errors import V2View
from predictions.registry import loading
from predictions.serving import on_demand, serving
from predictions.serving.answering import answer

BINARY = "application/octet-stream"
HEADER_LENGTH = "Inference-Header-Content-Length"
TAKEN = {JSON: schemas.INFER_REQUEST, BINARY: OpenApiTypes.BINARY}
ANSWERS: dict[Any, Any] = {
    (200, JSON): OpenApiResponse(
        schemas.INFER_RESPONSE, description="`outputs`, and the `id` that was sent; in bytes where asked for."
    ),
    (200, BINARY): OpenApiTypes.BINARY,
    400: OpenApiResponse(description="The request is not in the protocol, or a value is refused."),
    413: OpenApiResponse(description="The body is too large, or has too many rows."),
    422: OpenApiResponse(description="The rows are valid; the model has no finite answer to some."),
    503: OpenApiResponse(description="Nothing is live, or the version could not be loaded."),
}
OF_VERSION = {
    403: OpenApiResponse(description="It is not live, and the token's user may not try versions."),
    409: OpenApiResponse(description="The version is retired: its files were removed."),
    429: OpenApiResponse(description="This worker is loading another version: `Retry-After`."),
}


class Infer(V2View, LeanView):
    """Tensors in, tensors out."""

    @extend_schema(
        operation_id="v2_infer",
        tags=["open inference"],
        request=TAKEN,
        responses=ANSWERS,
    )
    def post(self, request: AnyRequest, name: str, label: str | None = None) -> HttpResponse:
        """Predict; a version that is not live needs a token with `predictions.try_version`."""
        version = self.asked = self._version(request, name, label)
        body = read_body(request, settings.MAX_BATCH_BYTES)
        asked, binary = messages.read_request(body, request.headers.get(HEADER_LENGTH))
        chosen = outputs.wanted(asked, version.spec)
        rows = inputs.rows_of(asked, binary, version.spec, version.reader, most=settings.MAX_ROWS)
        answered = answer(version, rows, who=caller_of(request))
        header, binary = outputs.response(version, asked, chosen, answered)
        if not binary:
            return ready(header, request, version, answered, content_type=JSON, headers={})
        length = {HEADER_LENGTH: str(len(header))}
        return ready(header + binary, request, version, answered, content_type=BINARY, headers=length)

    def _version(self, request: AnyRequest, name: str, label: str | None) -> loading.LoadedVersion:
        snapshot = serving.current()
        served = visible_model(snapshot, request, name)
        if label is None or (served.version and served.version.label == label):
            return snapshot.live(served)
        require_try(request)
        return on_demand.find(name, label)


@extend_schema_view(
    post=extend_schema(operation_id="v2_version_infer", request=TAKEN, responses=ANSWERS | OF_VERSION)
)
class VersionInfer(Infer):
    """The same of one version."""
