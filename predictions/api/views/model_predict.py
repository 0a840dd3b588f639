"""`POST /api/models/{name}/predict` and `…/versions/{label}/predict`: any model, one row or many."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated

from predictions.api.openapi import OF_MODEL, OF_VERSION
from predictions.api.request_body import read_body
from predictions.api.schemas import ref
from predictions.api.views.lean import AnyRequest, LeanView, caller_of, reply, require_try, visible_model
from predictions.contract.bodies import Asked
from predictions.registry import loading
from predictions.serving import on_demand, serving
from predictions.serving.answering import Answered, answer

BODY = {"application/json": ref("Rows")}
ANSWERS = OF_MODEL | {200: {"oneOf": [ref("PredictReply"), ref("Predictions")]}}


class ModelPredict(LeanView):
    """The live version of any registered model."""

    @extend_schema(operation_id="predict_model", tags=["predictions"], request=BODY, responses=ANSWERS)
    def post(self, request: AnyRequest, name: str) -> HttpResponse:
        """Predict one row, many rows or columns with the live version of a model."""
        snapshot = serving.current()
        self.asked = snapshot.live(visible_model(snapshot, request, name))
        return predicted(request, self.asked)


class VersionPredict(LeanView):
    """Any registered version, so that people can try a candidate before it is live."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="predict_version", tags=["predictions"], request=BODY, responses=ANSWERS | OF_VERSION
    )
    def post(self, request: AnyRequest, name: str, label: str) -> HttpResponse:
        """Predict with any version. This needs a token with `predictions.try_version`."""
        require_try(request)
        self.asked = on_demand.find(name, label)
        return predicted(request, self.asked)


def predicted(request: AnyRequest, version: loading.LoadedVersion) -> HttpResponse:
    """Read the body by the version's signature, ask the version, and reply with one answer or many."""
    body = read_body(request, settings.MAX_BATCH_BYTES)
    asked = version.reader.read(body, most=settings.MAX_ROWS)
    answered = answer(version, asked.rows, who=caller_of(request), body=asked.body)
    return reply(_answer_body(version, asked, answered), request, version, answered)


def _answer_body(version: loading.LoadedVersion, asked: Asked, answered: Answered) -> dict[str, Any]:
    """One prediction under its own keys, or many as lists in the order of the rows."""
    answers = answered.answers
    body: dict[str, Any] = {"model": version.model, "version": version.label}
    if asked.many:
        shares = _by_label(version, answers.shares_json)
        return body | {"predictions": answers.outputs_json} | shares | {"prediction_ids": answered.ids_json}
    shares = _by_label(version, [share[0] for share in answers.shares])
    return body | {"prediction": answers.outputs[0]} | shares | {"prediction_id": answered.id}


def _by_label(version: loading.LoadedVersion, shares: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """The probabilities under their labels; nothing for a regression."""
    return {"probabilities": dict(zip(version.spec.label_keys, shares, strict=True))} if shares else {}
