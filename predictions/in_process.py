"""Predictions for code of the same process, such as a view of your own: `predict("churn", [{…}])`.

They are read by the signature, answered by the live version and logged like those of the API.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from predictions.conf import config
from predictions.contract.bodies import Asked, TooManyRows
from predictions.contract.fields import InvalidInput
from predictions.log import request_counts
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.promotion import with_live
from predictions.registry import loading
from predictions.registry.loading import LoadedVersion
from predictions.serving import answering, serving
from predictions.serving.answering import Answered, NoFiniteAnswer
from predictions.serving.serving import NoLiveVersion, ServedModel

__all__ = ["InvalidInput", "NoFiniteAnswer", "NoLiveVersion", "Predicted", "TooManyRows", "predict"]


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """The answer for one row, under the names that the API has for it."""

    prediction: Any
    probabilities: Mapping[str, float]  # by label as JSON writes it ("true"); empty where the model has none
    prediction_id: str  # to tell the true label later
    version: str


def predict(model: str, rows: Iterable[Mapping[str, Any]], *, who: str = "") -> list[Predicted]:
    """Ask the live version of a model about rows, and log the answers under the name `who`.

    The caller decides who may ask: no permission is looked at. Where no web worker's follower runs (a
    command, a queue, a test), each call reads the ledger with two queries; it is logged, but not counted.
    Raises `NoLiveVersion` while nothing can answer, `InvalidInput` naming rows and fields, `NoFiniteAnswer`,
    and `TooManyRows` over the setting MAX_ROWS.
    """
    body = _json(rows)
    snapshot = serving.current()
    served = snapshot.models.get(model) if snapshot.known else _by_the_ledger(model)
    if served is None:
        raise NoLiveVersion(f"There is no model {model}. Register it first.")
    version = snapshot.live(served)
    if body == b"[]":
        return []
    try:
        asked = version.reader.read(body, most=config.MAX_ROWS)
    except (InvalidInput, TooManyRows):
        request_counts.counts.refused(version, who=who)
        raise
    answered = _answer(served, version, asked, who)
    return _predicted(version, answered)


def _json(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the rows as a request has them."""
    if isinstance(rows, Mapping):
        raise TypeError("rows: Input should be a list of rows. Put the one row into a list.")
    return encode(list(map(dict, rows)))


def _plain(value: Any) -> Any:
    """Return a value that JSON has: a number of numpy as Python's, a text that is still to be translated."""
    return value.item() if hasattr(value, "item") else str(value)


encode = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number").encode


def _by_the_ledger(model: str) -> ServedModel | None:
    """Return a model as a web worker would serve it, its live version loaded once in this process."""
    row = with_live(RegisteredModel.objects.filter(name=model)).first()
    if row is None:
        return None
    return ServedModel(
        name=row.name, public=row.public, output_name=row.output_name,
        invalid_input_message=row.invalid_input_message, log_rate=row.log_rate,
        redacted=frozenset(row.redacted_features), version=_loaded(row.live_version_id),
    )  # fmt: skip


def _loaded(version_id: int | None) -> LoadedVersion | None:
    """Raises `NoLiveVersion` where it cannot be loaded."""
    if version_id is None:
        return None
    version = ModelVersion.objects.select_related("signature__registered_model").get(pk=version_id)
    try:
        return answering.shelf.get(version, waits=True)
    except loading.VersionUnloadable as error:
        raise NoLiveVersion(str(error)) from error


def _answer(served: ServedModel, version: LoadedVersion, asked: Asked, who: str) -> Answered:
    """Answer, log and count."""
    try:
        answered = answering.answer(version, asked.rows, who=who, body=asked.body, served=served)
    except NoLiveVersion:
        raise
    except Exception as error:
        answering.count_failure(version, error, who=who)
        raise
    rows, seconds = len(asked.rows), answered.seconds
    request_counts.counts.answered(version, who=who, rows=rows, seconds=seconds)
    return answered


def _predicted(version: LoadedVersion, answered: Answered) -> list[Predicted]:
    answers = answered.answers
    shares = zip(*answers.shares, strict=True) if answers.shares else [()] * len(answers.outputs)
    return [
        Predicted(
            prediction=output, probabilities=dict(zip(version.spec.label_keys, share, strict=bool(share))),
            prediction_id=each, version=version.label,
        )
        for output, share, each in zip(answers.outputs, shares, answered.ids, strict=True)
    ]  # fmt: skip
