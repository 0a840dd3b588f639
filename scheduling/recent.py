"""What was asked lately, out of the prediction log: the one place that reads it for drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from predictions.feature import Kind
from predictions.models import Prediction, Signature

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS = 500  # of the log: under these the evaluation set is the better witness
MOST_ROWS = 20_000  # the newest

Asked = Sequence[tuple[UUID, dict[str, Any]]]  # id and inputs, the newest first


class LogMovedOn(Exception):
    """The log no longer holds exactly the rows of a window."""


@dataclass(frozen=True, kw_only=True)
class Logged:
    """Rows of the log as a dataset's features, and by what they can be found again.

    `window` has the first and last id, the number of rows, and the hash of all ids: rows of the log never
    change, but old ones are pruned, and late ones are ingested between them.
    """

    frame: pd.DataFrame
    window: dict[str, Any]


def recent_inputs(signature: Signature) -> Logged | None:
    """Return those of the newest logged requests that this signature took.

    None where they are fewer than `LEAST_ROWS`, or tell nothing. A feature that a row
    does not tell, because it is redacted, has no column.
    """
    newest = Prediction.objects.filter(registered_model=signature.registered_model_id).order_by("-pk")
    asked = newest.values_list("pk", "inputs", "model_version__signature")[:MOST_ROWS]
    rows = [(pk, inputs) for pk, inputs, of in asked if of == signature.pk]
    if len(rows) < LEAST_ROWS:
        return None
    frame = _frame_of(signature, rows)
    return None if frame is None else Logged(frame=frame, window=_window_of(rows))


def inputs_of(window: dict[str, Any], signature: Signature) -> Logged:
    """Return the rows of a window once more. Raises `LogMovedOn`."""
    of_signature = Prediction.objects.filter(
        registered_model=signature.registered_model_id, model_version__signature=signature.pk
    )
    between = of_signature.filter(pk__gte=window["first"], pk__lte=window["last"]).order_by("-pk")
    rows = list(between.values_list("pk", "inputs")[: window["rows"] + 1])
    if not rows or _window_of(rows) != window:
        found = "more" if len(rows) > window["rows"] else len(rows)
        raise LogMovedOn(f"the log has moved on: {found} of the {window['rows']} rows of then are there")
    frame = _frame_of(signature, rows)
    assert frame is not None  # it told something then
    return Logged(frame=frame, window=window)


def _window_of(rows: Asked) -> dict[str, Any]:
    ids = sha256(b"".join(pk.bytes for pk, _ in rows)).hexdigest()
    return {"first": str(rows[-1][0]), "last": str(rows[0][0]), "rows": len(rows), "ids_sha256": ids}


def _frame_of(signature: Signature, rows: Asked) -> pd.DataFrame | None:
    """The features that every row tells; None where there is no such feature."""
    import pandas as pd

    told = [f for f in signature.spec().features if all(f.name in inputs for _, inputs in rows)]
    columns = {
        feature.name: pd.Series(
            [inputs[feature.name] for _, inputs in rows],
            dtype="object" if feature.kind is Kind.TEXT else "float64",
        )
        for feature in told
    }
    return pd.DataFrame(columns) if told else None
