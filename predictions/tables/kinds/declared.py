"""A column whose type the file declares (Parquet)."""

import math

from predictions.contract.fields import WHOLE_MAX, Kind
from predictions.contract.numbers import counted
from predictions.tables.kinds.column import Column, Found
from predictions.tables.kinds.numbers import ALL_DIFFERENT, TOO_LARGE
from predictions.tables.kinds.words import text
from predictions.tables.typed import is_text


def declared(column: Column) -> Found:
    """Return its kind by its type, or what has to be asked."""
    from pandas.api import types

    dtype = column.cells.dtype
    if isinstance(dtype, types.CategoricalDtype):
        if is_text(column.cells):
            return Found(kind=Kind.CATEGORY, dtype="category")
        return Found(kind=_kind_of(dtype.categories.dtype))
    if types.is_datetime64_any_dtype(dtype):
        return Found(kind=Kind.TIMESTAMP, dtype=str(dtype))
    if is_text(column.cells):
        return text(column)
    kind = _kind_of(dtype)
    if kind is Kind.INT:
        return _declared_whole(column)
    infinite = int(column.cells.isin([math.inf, -math.inf]).sum()) if kind is Kind.FLOAT else 0
    note = f"{counted(infinite, 'infinite value')}, counted as missing" if infinite else ""
    return Found(kind=kind, note=note)


def _declared_whole(column: Column) -> Found:
    """A type that a file declares is what a model was fitted with: only numbers in a row are asked about."""
    low, high = int(column.counts.index.min()), int(column.counts.index.max())
    if max(abs(low), abs(high)) > WHOLE_MAX:
        return Found(question=TOO_LARGE, choices=("text", "drop"))
    if column.is_unique and high - low == column.rows - 1:
        return Found(question=ALL_DIFFERENT, choices=("drop", "int"))
    return Found(kind=Kind.INT)


def _kind_of(dtype: object) -> Kind:
    from pandas.api import types

    if types.is_bool_dtype(dtype):
        return Kind.BOOL
    return Kind.INT if types.is_integer_dtype(dtype) else Kind.FLOAT
