"""What was asked lately, out of the prediction log: the one place that reads it for drift."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, Value

from predictions.contract.feature import Kind
from predictions.models import Feedback, Prediction, Signature
from scheduling.evidence.provenance import Windows
from scheduling.evidence.samples import Log

if TYPE_CHECKING:
    import pandas as pd

Window = dict[str, Any]
Row = tuple[UUID, dict[str, Any], Any]  # id, inputs, and the label where one was told
Rows = Sequence[Row]  # the newest first
NO_LABEL = Value(None, output_field=CharField())


class LogMovedOn(Exception):
    """The log no longer holds exactly the rows of a window."""


def recent_log(signature: Signature, *, least: int, most: int) -> Log:
    """Read what this signature took of the model's newest `most` requests, and the newest told labels.

    Of fewer than `least` rows nothing is kept: another set is the better witness then.
    """
    newest = _asked(signature).order_by("-pk")
    seen = newest.values_list("pk", "inputs", "model_version__signature")[:most]
    asked = [(pk, inputs, None) for pk, inputs, of in seen if of == signature.pk]
    told = list(_told(signature).order_by("-pk").values_list("pk", "prediction__inputs", "label")[:most])
    return _log_of(signature, *(rows if len(rows) >= least else [] for rows in (asked, told)))


def nothing_logged(signature: Signature) -> Log:
    """The log of a model that nobody has asked yet."""
    return _log_of(signature, [], [])


def log_of(windows: Windows, signature: Signature) -> Log:
    """Return the log as it was once read. Raises `LogMovedOn`."""
    asked = _asked(signature).filter(model_version__signature=signature)
    return _log_of(
        signature,
        _again(asked, windows["asked"], "inputs", NO_LABEL),
        _again(_told(signature), windows["told"], "prediction__inputs", "label"),
    )


def _asked(signature: Signature) -> Any:
    return Prediction.objects.filter(registered_model=signature.registered_model_id)


def _told(signature: Signature) -> Any:
    return Feedback.objects.filter(prediction__model_version__signature=signature)


def _again(found: Any, window: Window | None, *columns: Any) -> Rows:
    """The rows of a window; one more is read, to see whether more are there now. Raises `LogMovedOn`."""
    if window is None:
        return []
    between = found.filter(pk__gte=window["first"], pk__lte=window["last"]).order_by("-pk")
    rows: list[Row] = list(between.values_list("pk", *columns)[: window["rows"] + 1])
    if _window_of(rows) != window:
        there = "more" if len(rows) > window["rows"] else len(rows)
        raise LogMovedOn(f"the log has moved on: {there} of the {window['rows']} rows of then are there")
    return rows


def _log_of(signature: Signature, asked: Rows, told: Rows) -> Log:
    labels = {signature.output_name: [label for *_, label in told]}
    return Log(
        asked=_table(signature, asked),
        told=_table(signature, told).assign(**labels),
        windows={"asked": _window_of(asked), "told": _window_of(told)},
    )


def _window_of(rows: Rows) -> Window | None:
    if not rows:
        return None
    content = sha256(b"".join(pk.bytes + repr(label).encode() for pk, _, label in rows)).hexdigest()
    return {"first": str(rows[-1][0]), "last": str(rows[0][0]), "rows": len(rows), "sha256": content}


def _table(signature: Signature, rows: Rows) -> pd.DataFrame:
    """The features that every row tells."""
    import pandas as pd

    told = [f for f in signature.spec().features if all(f.name in inputs for _, inputs, _ in rows)]
    columns = {
        feature.name: pd.Series(
            [inputs[feature.name] for _, inputs, _ in rows],
            dtype="object" if feature.kind is Kind.TEXT else "float64",
        )
        for feature in told
    }
    return pd.DataFrame(columns, index=range(len(rows)))
