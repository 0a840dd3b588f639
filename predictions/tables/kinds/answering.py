"""What a person said that a column is, and what a model gets of it then."""

import re

from predictions.contract.feature_rules import MOST_CATEGORIES
from predictions.contract.fields import Kind
from predictions.contract.numbers import counted
from predictions.tables.kinds.column import Column, Found
from predictions.tables.typed import is_text, texts, typed

ZONE = re.compile(r".*[T ].*(Z|[-+]\d\d(:?\d\d)?)")


def answered(column: Column, kind: Kind) -> Found:
    """Return what a person said that it is, or what speaks against it."""
    cells = column.cells
    values = typed(cells, kind)
    lost = int((values.isna() & cells.notna()).sum())
    if column.rows and lost == column.rows:
        return Found(question=f"no value can be read as {kind}", choices=("text", "drop"))
    if kind is Kind.INT and (values.dropna() % 1).any():
        return Found(question="it has fractions, so it is no int", choices=("float", "drop"))
    if kind is Kind.CATEGORY and len(column.counts) > MOST_CATEGORIES:
        return Found(question=f"a category has at most {MOST_CATEGORIES} values", choices=("text", "drop"))
    note = f"{counted(lost, 'value')} that cannot be read as {kind}, counted as missing" if lost else ""
    return Found(kind=kind, dtype=_dtype(column, kind), note=note)


def _dtype(column: Column, kind: Kind) -> str:
    """How a model gets the column, where its kind does not say so."""
    if kind is Kind.TIMESTAMP:
        return zoned(column)
    return "category" if kind is Kind.CATEGORY and str(column.cells.dtype) == "category" else ""


def zoned(column: Column) -> str:
    """The dtype of timestamps: with a zone where the values have one."""
    if column.is_declared and not is_text(column.cells):
        return str(column.cells.dtype)
    return "datetime64[us, UTC]" if column.matching(ZONE.fullmatch) else "datetime64[us]"


def categories_of(column: Column) -> tuple[str, ...]:
    """Its texts, sorted; those that the file declares, in its order."""
    cells = column.cells
    if str(cells.dtype) == "category" and is_text(cells):
        return tuple(map(str, cells.cat.categories))
    return tuple(sorted(texts(cells).dropna().unique()))
