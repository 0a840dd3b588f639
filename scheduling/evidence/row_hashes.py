"""Rows as 64 bits each: they can be compared, counted and searched without reading a row again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from predictions.contract.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Hashes:
    """64 bits for each row: of its features, and of its features with the label."""

    features: pd.Series
    with_label: pd.Series

    def contradicting(self, spec: SignatureSpec) -> pd.Series:
        """Which rows have a twin with the same features and another label; never those of a regression."""
        if not spec.labels:
            return self.features.isna()
        by_label = self.features[~self.with_label.duplicated()]
        return self.features.isin(by_label[by_label.duplicated()])


def hashes_of(frame: pd.DataFrame, spec: SignatureSpec) -> Hashes:
    """Hash the rows of a dataset; a label that the signature does not have counts as missing."""
    features = hash_rows(frame[[feature.name for feature in spec.features]])
    outputs = frame[spec.output_name]
    if spec.labels:  # 0 and 1 are floats where a cell is empty, and objects where one is a text
        outputs = outputs.map({label: str(label) for label in spec.labels})
    return Hashes(features=features, with_label=features ^ hash_rows(outputs.to_frame()))


def hash_rows(frame: pd.DataFrame) -> pd.Series:
    """Return 64 bits for each row; two missing values are equal, and so are -0.0 and 0.0."""
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    columns = {
        name: column + 0.0 if is_numeric_dtype(column) else column.astype("str").fillna("")
        for name, column in frame.items()
    }
    hashed: pd.Series = pd.util.hash_pandas_object(pd.DataFrame(columns, index=frame.index), index=False)
    return hashed


def twin_share(rows: pd.Series) -> float:
    """Return the share of hashes that occur more than once.

    A new row of the same kind is found in the set by chance as often.
    """
    return float(rows.duplicated(keep=False).mean()) if len(rows) else 0.0
