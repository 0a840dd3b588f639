"""Recent requests and labels, out of the prediction log: the one place that reads it for drift."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import pandas as pd
from django.db.models import CharField, Value
from django.utils import timezone

from predictions.contract.fields import Kind
from predictions.models import Feedback, Prediction, Signature
from predictions.models.base import A_LITTLE
from predictions.models.prediction import first_id_at
from scheduling.evidence.provenance import Windows
from scheduling.evidence.samples import Log

Window = dict[str, Any]
Row = tuple[UUID, dict[str, Any], Any]  # id, inputs, and the label where it is known
Rows = Sequence[Row]  # the newest first
NO_LABEL = Value(None, output_field=CharField())


class LogMovedOn(Exception):
    """The log does not hold exactly the rows of a window any more."""


def recent_log(signature: Signature, *, least: int, most: int) -> Log:
    """Read this signature's rows among the model's newest `most` requests, and the newest known labels.

    Fewer than `least` rows are left out: then a dataset tells more. Rows that a wrong clock dated ahead are
    not recent.
    """
    until = first_id_at(timezone.now() + A_LITTLE)
    newest = _asked(signature).filter(pk__lt=until).order_by("-pk")
    seen = newest.values_list("pk", "inputs", "model_version__signature")[:most]
    asked = [(pk, inputs, None) for pk, inputs, of in seen if of == signature.pk]
    known = _told(signature).filter(pk__lt=until).order_by("-pk")
    told = list(known.values_list("pk", "prediction__inputs", "label")[:most])
    return _log_of(signature, *(rows if len(rows) >= least else [] for rows in (asked, told)))


def nothing_logged(signature: Signature) -> Log:
    """Return the log of a model without requests."""
    return _log_of(signature, [], [])


def log_of(windows: Windows, signature: Signature) -> Log:
    """Return the log as it was once read. Raises `LogMovedOn`."""
    asked = _asked(signature).filter(model_version__signature=signature)
    told = _again(_told(signature), windows["told"], "prediction__inputs", "label")
    return _log_of(signature, _again(asked, windows["asked"], "inputs", NO_LABEL), told)


def _asked(signature: Signature) -> Any:
    return Prediction.objects.filter(registered_model=signature.registered_model_id)


def _told(signature: Signature) -> Any:
    return Feedback.objects.filter(prediction__model_version__signature=signature)


def _again(found: Any, window: Window | None, *columns: Any) -> Rows:
    """The rows of a window; one more is read, to see whether there are more now. Raises `LogMovedOn`."""
    if window is None:
        return []
    between = found.filter(pk__gte=window["first"], pk__lte=window["last"]).order_by("-pk")
    rows: list[Row] = list(between.values_list("pk", *columns)[: window["rows"] + 1])
    if _window_of(rows) != window:
        now = "more than" if len(rows) > window["rows"] else f"{len(rows)} of"
        raise LogMovedOn(f"the prediction log has changed: it holds {now} the {window['rows']} rows")
    return rows


def _log_of(signature: Signature, asked: Rows, told: Rows) -> Log:
    labelled = _table(signature, told)
    labelled[signature.output_name] = [label for *_, label in told]
    windows = {"asked": _window_of(asked), "told": _window_of(told)}
    return Log(asked=_table(signature, asked), told=labelled, windows=windows)


def _window_of(rows: Rows) -> Window | None:
    if not rows:
        return None
    content = sha256(b"".join(pk.bytes + repr(label).encode() for pk, _, label in rows)).hexdigest()
    return {"first": str(rows[-1][0]), "last": str(rows[0][0]), "rows": len(rows), "sha256": content}


def _table(signature: Signature, rows: Rows) -> pd.DataFrame:
    """The features that every row has."""
    features = [f for f in signature.spec().features if all(f.name in inputs for _, inputs, _ in rows)]
    columns = {}
    for feature in features:
        values = [inputs[feature.name] for _, inputs, _ in rows]
        if feature.kind is Kind.TIMESTAMP:
            values = [None if value is None else feature.moment.read(value) for value in values]
        kind = "object" if feature.kind.is_text else "float64"
        columns[feature.name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns, index=range(len(rows)))
