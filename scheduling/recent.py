"""What was asked lately, out of the prediction log: the one place that reads it for drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from predictions.feature import Kind
from predictions.models import Prediction, Signature

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS = 500  # of the log: under these the evaluation set is the better witness
MOST_ROWS = 20_000  # the newest


def recent_inputs(signature: Signature) -> pd.DataFrame | None:
    """Return those of the newest logged requests that this signature took, as a dataset's features.

    None where they are fewer than `LEAST_ROWS`, or tell nothing. A feature that a row
    does not tell, because it is redacted, has no column.
    """
    import pandas as pd

    newest = Prediction.objects.filter(registered_model=signature.registered_model_id).order_by("-pk")
    asked = newest.values_list("inputs", "model_version__signature")[:MOST_ROWS]
    rows = [inputs for inputs, of in asked if of == signature.pk]
    if len(rows) < LEAST_ROWS:
        return None
    told = [f for f in signature.spec().features if all(f.name in row for row in rows)]
    columns = {
        feature.name: pd.Series(
            [row[feature.name] for row in rows],
            dtype="object" if feature.kind is Kind.TEXT else "float64",
        )
        for feature in told
    }
    return pd.DataFrame(columns) if told else None
