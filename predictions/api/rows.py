"""The wire formats of `/predict` (one row, leniently) and of `/api` (rows or columns, strictly)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from predictions.conf import config
from predictions.contract.fields import FieldError, InvalidInput
from predictions.lane.doors import Door, Question, Reply
from predictions.registry.loading import LoadedVersion
from predictions.serving.answering import Answered
from predictions.serving.serving import ServedModel

encode = msgspec.json.Encoder().encode
JSON = "application/json"


def _read_row(version: LoadedVersion, body: bytes, environ: Mapping[str, Any]) -> Question:
    return Question([version.spec.parse(body)])


def _write_row(version: LoadedVersion, question: Question, answered: Answered) -> Reply:
    body = {version.spec.output_name: answered.answers.outputs[0], "model": version.name}
    return _reply(body, version, answered)


def invalid(served: ServedModel, error: InvalidInput) -> Reply:
    """Refuse a body that does not fit the signature."""
    return refusal(served, 400, served.invalid_input_message, error.errors)


def refusal(
    served: ServedModel | None, status: int, message: str, errors: list[FieldError],
    headers: dict[str, str] | None = None,
) -> Reply:  # fmt: skip
    """Answer a prediction that could not be made, under the same keys."""
    version = served.version if served else None
    body: dict[str, Any] = {served.output_name: None} if served else {}
    body["model"] = version.name if version else None
    body |= {"errorMessage": message, "errorDetails": [error.as_dict() for error in errors]}
    named = {"X-Model-Version": version.label} if version else {}
    return Reply(encode(body), {"Content-Type": JSON} | (headers or {}) | named, status)


def _read_rows(version: LoadedVersion, body: bytes, environ: Mapping[str, Any]) -> Question:
    asked = version.reader.read(body, most=config.MAX_ROWS)
    return Question(asked.rows, asked.body, asked.many)


def _write_rows(version: LoadedVersion, question: Question, answered: Answered) -> Reply:
    """One answer, or lists in the rows' order."""
    answers = answered.answers
    named: dict[str, Any] = {"model": version.model, "version": version.label}
    if question.form:
        shares = _by_label(version, answers.shares_json)
        many = {"predictions": answers.outputs_json} | shares | {"prediction_ids": answered.ids_json}
        return _reply(named | many, version, answered)
    shares = _by_label(version, [share[0] for share in answers.shares])
    one = {"prediction": answers.outputs[0]} | shares | {"prediction_id": answered.id}
    return _reply(named | one, version, answered)


def _by_label(version: LoadedVersion, shares: Sequence[Any]) -> dict[str, Any]:
    """The probabilities under their labels; nothing without any."""
    return {"probabilities": dict(zip(version.spec.label_keys, shares, strict=True))} if shares else {}


def _reply(body: Any, version: LoadedVersion, answered: Answered) -> Reply:
    """Name the version that computed it and, for one row, the prediction's id."""
    headers = {"Content-Type": JSON, "X-Model-Version": version.label}
    if len(answered.answers.outputs) == 1:
        headers["X-Prediction-Id"] = answered.id
    return Reply(encode(body), headers)


ONE_ROW = Door(limit="MAX_BODY_BYTES", read=_read_row, write=_write_row, refuse=invalid)
ROWS = Door(limit="MAX_BATCH_BYTES", read=_read_rows, write=_write_rows)
