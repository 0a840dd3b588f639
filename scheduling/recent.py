"""What was asked lately, out of the prediction log: the one place that reads it for drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from predictions.feature import Kind
from predictions.models import Feedback, Prediction, Signature

if TYPE_CHECKING:
    import pandas as pd

Inputs = list[dict[str, Any]]


@dataclass(frozen=True)
class Log:
    """The newest requests of a model that one signature took."""

    signature: Signature

    def requests(self, most: int) -> pd.DataFrame:
        """Return their inputs as a dataset's features, newest first, of the newest `most` of the model.

        A feature that a row does not tell, because it is redacted, has no column.
        """
        newest = Prediction.objects.filter(registered_model=self.signature.registered_model_id).order_by(
            "-pk"
        )
        asked = newest.values_list("inputs", "model_version__signature")[:most]
        return self._table([inputs for inputs, of in asked if of == self.signature.pk])

    def labelled(self, most: int) -> pd.DataFrame:
        """Return the newest whose true label was told, with the label as the output."""
        told = Feedback.objects.filter(prediction__model_version__signature=self.signature).order_by("-pk")
        rows = list(told.values_list("prediction__inputs", "label")[:most])
        return self._table([inputs for inputs, _ in rows]).assign(
            **{self.signature.output_name: [label for _, label in rows]}
        )

    def _table(self, rows: Inputs) -> pd.DataFrame:
        import pandas as pd

        told = [f for f in self.signature.spec().features if all(f.name in row for row in rows)]
        columns = {
            feature.name: pd.Series(
                [row[feature.name] for row in rows],
                dtype="object" if feature.kind is Kind.TEXT else "float64",
            )
            for feature in told
        }
        return pd.DataFrame(columns, index=range(len(rows)))


class NothingLogged:
    """Stands for the log of a model that nobody has asked yet."""

    def requests(self, most: int) -> pd.DataFrame:
        """None."""
        import pandas as pd

        return pd.DataFrame()

    labelled = requests


def without_repeats(rows: pd.DataFrame, reference: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    """Return the rows that count: one request that is sent again and again counts as chance explains."""
    from scheduling.statistics.repeats import counting_rows

    if rows.empty or reference.empty or not features:
        return rows
    hashes = [_hashes(frame[features]) for frame in (rows, reference)]
    return rows[counting_rows(*hashes)].reset_index(drop=True)


def _hashes(frame: pd.DataFrame) -> Any:
    """64 bits for each row; what is missing equals what is missing, and -0.0 equals 0.0."""
    from pandas.api.types import is_numeric_dtype
    from pandas.util import hash_pandas_object

    columns = {
        name: column + 0.0 if is_numeric_dtype(column) else column.astype("str").fillna("")
        for name, column in frame.items()
    }
    return hash_pandas_object(frame.assign(**columns), index=False).to_numpy()
