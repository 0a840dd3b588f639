"""How the cells of a file fit a signature that exists: what is refused, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from predictions.contract.fields import Kind
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.tables.kinds.column import Column
from predictions.tables.kinds.numbers import NUMBER, WITH_COMMA
from predictions.tables.names import DatasetInvalid
from predictions.tables.typed import is_text, typed

if TYPE_CHECKING:
    import pandas as pd


def refuse_other_numbers(cells: pd.DataFrame, spec: SignatureSpec) -> None:
    """Raise `DatasetInvalid` for numbers with a decimal comma or separated thousands: they would be lost."""
    names = [feature.name for feature in spec.features if feature.kind.has_bounds]
    names += [spec.output_name] if spec.task == "regression" else []
    for name in names:
        if name in cells and is_text(cells[name]):
            column = Column(cells[name])
            if count := column.matching(_is_lost):
                raise DatasetInvalid(
                    f"{count} of {column.rows} values of {name}, the first in row "
                    f"{column.first(_is_lost)}, have a decimal comma or separated thousands. "
                    "Write them like 1234.5."
                )


def _is_lost(text: str) -> bool:
    """1.234 may be meant as 1234, but it is a number as it stands."""
    return bool(WITH_COMMA.fullmatch(text)) and not NUMBER.fullmatch(text)


def notes_of(cells: pd.DataFrame, spec: SignatureSpec) -> list[str]:
    """Return what a person should know of a file that is taken: rows and cells that do not count."""
    return [*_without_label(cells, spec), *_lost(cells, spec)]


def _without_label(cells: pd.DataFrame, spec: SignatureSpec) -> Iterator[str]:
    if spec.output_name in cells and (count := int(cells[spec.output_name].isna().sum())):
        yield f"Left out, because the label is missing: {count} of {counted(len(cells), 'row')}."


def _lost(cells: pd.DataFrame, spec: SignatureSpec) -> Iterator[str]:
    """Count cells that are not of their feature's kind; the first row counts the header as row 1."""
    for feature in spec.features:
        if feature.name not in cells or feature.kind.is_text:
            continue
        column = cells[feature.name]
        lost = (typed(column, feature.kind).isna() & column.notna()).to_numpy()
        if lost.any():
            what = "integers" if feature.kind is Kind.INT else f"values of the kind {feature.kind}"
            yield (
                f"{int(lost.sum())} of {len(cells)} cells of {feature.name}, the first in row "
                f"{int(lost.argmax()) + 2}, are no {what} and count as missing."
            )
