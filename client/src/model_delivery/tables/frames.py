"""Any table as named columns: of pandas, Arrow, Polars or NumPy, a dictionary, a list of rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_delivery.errors import InvalidInput, Problem


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Columns of one length, by name. `index` is the one of pandas, and None where there was none."""

    columns: Mapping[str, Any]
    rows: int
    index: Any = None

    def part(self, start: int, stop: int) -> "Frame":
        """Return the rows from `start` up to `stop`."""
        columns = {name: _sliced(values, start, stop) for name, values in self.columns.items()}
        return Frame(columns=columns, rows=min(stop, self.rows) - start)

    def with_column(self, name: str, values: Any) -> "Frame":
        return Frame(columns={**self.columns, name: values}, rows=self.rows, index=self.index)


def as_frame(data: Any, *, field: str) -> Frame:
    """Return the table as columns. Raises `InvalidInput`; `field` is what the caller calls the table."""
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return _of_pandas(data, field)
    if hasattr(data, "to_arrow"):
        data = data.to_arrow()
    if hasattr(data, "column_names") and hasattr(data, "to_pylist"):
        return _of_columns(dict(zip(data.column_names, map(_listed, data.columns), strict=True)), field)
    if hasattr(data, "toarray"):
        data = data.toarray()
    if isinstance(data, Mapping):
        one = not any(_is_column(values) for values in data.values())
        return _of_columns({str(k): [v] if one else v for k, v in data.items()}, field)
    if hasattr(data, "ndim") and hasattr(data, "tolist"):
        return _of_matrix(data, field)
    if isinstance(data, Sequence) and not isinstance(data, str | bytes) and data:
        return _of_rows(data, field)
    raise _unusable(field, "It is no table")


def _of_pandas(data: Any, field: str) -> Frame:
    names = [str(name) for name in data.columns]
    if getattr(data.columns, "nlevels", 1) > 1:
        raise _unusable(field, "Its columns have several levels", "Join them to one name each.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems = [Problem(field=name, message="Several columns have this name.") for name in twice]
        raise InvalidInput(f"The columns of {field} are not told apart:", problems=problems)
    columns = {name: data.iloc[:, place] for place, name in enumerate(names)}
    return Frame(columns=columns, rows=len(data), index=data.index)


def _of_columns(columns: Mapping[str, Any], field: str) -> Frame:
    lengths = {name: len(values) if _is_column(values) else 1 for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise _unusable(field, "Its columns have different lengths")
    if not columns:
        raise _unusable(field, "It has no columns")
    return Frame(columns=columns, rows=next(iter(lengths.values())))


def _of_matrix(data: Any, field: str) -> Frame:
    """Name columns as scikit-learn does where they have no names: x0, x1 and so on."""
    if data.ndim != 2:
        raise _unusable(
            field, f"It has {data.ndim} dimensions", "A table has two: use X.reshape(1, -1) for one row."
        )
    return _of_columns({f"x{place}": data[:, place] for place in range(data.shape[1])}, field)


def _of_rows(data: Sequence[Any], field: str) -> Frame:
    if all(isinstance(row, Mapping) for row in data):
        names = list(dict.fromkeys(name for row in data for name in row))
        return _of_columns({str(name): [row.get(name) for row in data] for name in names}, field)
    if all(_is_column(row) for row in data) and len({len(row) for row in data}) == 1:
        return _of_columns(
            {f"x{place}": list(column) for place, column in enumerate(zip(*data, strict=True))}, field
        )
    raise _unusable(field, "Its rows are not alike")


def _sliced(values: Any, start: int, stop: int) -> Any:
    return values.iloc[start:stop] if hasattr(values, "iloc") else values[start:stop]


def _listed(column: Any) -> Any:
    return column.to_pylist()


def _is_column(values: Any) -> bool:
    return (
        isinstance(values, Iterable)
        and hasattr(values, "__len__")
        and not isinstance(values, str | bytes | Mapping)
    )


def _unusable(field: str, why: str, remedy: str = "") -> InvalidInput:
    remedy = remedy or "Give a DataFrame, a dictionary of columns, or a list of rows as dictionaries."
    return InvalidInput(f"{field} cannot be used. {why}.", field=field, remedy=remedy)
