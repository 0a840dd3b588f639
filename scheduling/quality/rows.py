"""Rows as a whole: copies, copies with another label, rows of one set in another. All by hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from predictions.contract.signature import SignatureSpec
from scheduling.evidence.row_hashes import Hashes

if TYPE_CHECKING:
    import pandas as pd


def contradicting(hashes: Hashes, spec: SignatureSpec) -> pd.Series:
    """Which rows have a twin with the same features and another label; values of a regression just vary."""
    if not spec.labels:
        return hashes.features.isna()
    by_label = hashes.features[~hashes.with_label.duplicated()]
    return hashes.features.isin(by_label[by_label.duplicated()])


def found_in(rows: Hashes, others: Hashes) -> tuple[pd.Series, pd.Series]:
    """Which rows are among the others: by their features, and with the same label as well."""
    return rows.features.isin(others.features), rows.with_label.isin(others.with_label)
