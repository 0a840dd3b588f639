"""Rows as 64 bits each: what is compared, counted and looked for without reading a row again."""

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


def hashes_of(frame: pd.DataFrame, spec: SignatureSpec) -> Hashes:
    """Hash the rows; what is missing equals what is missing, and -0.0 equals 0.0."""
    from pandas.util import hash_pandas_object

    features = frame[[feature.name for feature in spec.features]].copy()
    for name in features.select_dtypes("number"):
        features[name] = features[name] + 0.0
    column = frame[spec.output_name]
    labels = column if not spec.labels else column.map({label: str(label) for label in column.unique()})
    hashed = hash_pandas_object(features, index=False)
    return Hashes(features=hashed, with_label=hashed ^ hash_pandas_object(labels, index=False))
