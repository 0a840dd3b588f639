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
    """Hash the rows of a dataset; a label that is none of the signature's counts as missing."""
    features = hash_rows(frame[[feature.name for feature in spec.features]])
    outputs = frame[spec.output_name]
    if spec.labels:  # 0 and 1 are floats where a cell is empty, and objects where one is a text
        outputs = outputs.map({label: str(label) for label in spec.labels})
    return Hashes(features=features, with_label=features ^ hash_rows(outputs.to_frame()))


def hash_rows(frame: pd.DataFrame) -> pd.Series:
    """Return 64 bits for each row; what is missing equals what is missing, and -0.0 equals 0.0."""
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    columns = {
        name: column + 0.0 if is_numeric_dtype(column) else column.astype("str").fillna("")
        for name, column in frame.items()
    }
    hashed: pd.Series = pd.util.hash_pandas_object(pd.DataFrame(columns, index=frame.index), index=False)
    return hashed


def twin_share(rows: pd.Series) -> float:
    """Return the share of hashes that are there more than once.

    So often a new row of the same kind is found in the set by chance, whoever drew it.
    """
    return float(rows.duplicated(keep=False).mean()) if len(rows) else 0.0
