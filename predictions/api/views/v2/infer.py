"""`POST /v2/models/{name}/infer`, with and without a version."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view

from predictions.api import schemas
from predictions.api.open_inference import inputs, messages, outputs
from predictions.api.openapi import OF_MODEL, OF_VERSION
from predictions.api.request_body import read_body
from predictions.api.views import lean
from predictions.api.views.lean import JSON, AnyRequest, LeanView, caller_of, live_if_named, ready
from predictions.api.views.v2.metadata import V2View, described
from predictions.serving import on_demand
from predictions.serving.answering import answer

BINARY = "application/octet-stream"
HEADER_LENGTH = "Inference-Header-Content-Length"
TAKEN = {JSON: schemas.INFER_REQUEST, BINARY: OpenApiTypes.BINARY}
ANSWERED = "`outputs`, as bytes where requested, and the `id` of the request."
ANSWERS: dict[Any, Any] = OF_MODEL | {
    (200, JSON): OpenApiResponse(schemas.INFER_RESPONSE, description=ANSWERED),
    (200, BINARY): OpenApiTypes.BINARY,
}
NOT_ALLOWED = "The version is not live, and the token's user may not try such versions."


class Infer(V2View, LeanView):
    """Tensors in, tensors out."""

    @described(operation_id="v2_infer", request=TAKEN, responses=ANSWERS)
    def post(self, request: AnyRequest, name: str, label: str | None = None) -> HttpResponse:
        """Predict. A version that is not live needs a token with `predictions.try_version`."""
        version = live_if_named(request, name, label)
        if version is None:
            assert label is not None
            lean.require_try(request)
            version = on_demand.find(name, label)
        self.asked = version
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


OF_ONE = ANSWERS | OF_VERSION | {403: OpenApiResponse(description=NOT_ALLOWED)}


@extend_schema_view(post=extend_schema(operation_id="v2_version_infer", request=TAKEN, responses=OF_ONE))
class VersionInfer(Infer):
    """Tensors in, tensors out, for one version."""
