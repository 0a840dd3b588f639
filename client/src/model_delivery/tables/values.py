"""The values of a column as JSON has them: None for what is missing, ISO 8601 for times."""

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from model_delivery.errors import InvalidInput, Problem

INFINITE = "An infinite value cannot be sent."
AS_MISSING = "Leave the row out, or make it missing: frame.replace([numpy.inf, -numpy.inf], None)."


def json_values(name: str, values: Any) -> list[Any]:
    """Return the column as a list. Raises `InvalidInput` naming column and row."""
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if hasattr(values, "dt") and str(values.dtype).startswith("datetime64"):
        return _times(values)
    values = _in_microseconds(values) if kind and kind in "mM" and not hasattr(values, "isna") else values
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    if kind and kind in "iub":
        return _with_none(listed) if hasattr(values, "isna") else listed
    if kind == "f" and _are_finite(listed):
        return listed
    return [json_value(value, name=name, row=row) for row, value in enumerate(listed)]


def _times(values: Any) -> list[str | None]:
    """Times of pandas, much faster than one by one: with a time zone in UTC, without one as they are."""
    has_zone = getattr(values.dtype, "tz", None) is not None
    plain = values.dt.tz_convert("UTC").dt.tz_localize(None) if has_zone else values
    listed = plain.to_numpy().astype("datetime64[us]").tolist()
    return [None if time is None else time.isoformat() + "+00:00" * has_zone for time in listed]


def _are_finite(listed: list[Any]) -> bool:
    """Whether all are plain numbers, which is found out quickly."""
    try:
        return all(map(math.isfinite, listed))
    except TypeError:
        return False


def json_value(value: Any, *, name: str, row: int | None = None) -> Any:
    """Return one value; numbers of NumPy become Python's. Raises `InvalidInput`."""
    if value is None or isinstance(value, str | bool):
        return str(value) if isinstance(value, str) else value
    if _is_missing(value):
        return None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        if math.isinf(value):
            raise _unsendable(name, row, INFINITE, AS_MISSING)
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if type(value).__module__ == "numpy":
        return json_value(_of_numpy(value), name=name, row=row)
    message = f"A value of the type {type(value).__name__} cannot be sent."
    raise _unsendable(name, row, message, "Turn the column into numbers, text, booleans or timestamps.")


def _of_numpy(value: Any) -> Any:
    """What is no scalar becomes a list, and is refused."""
    return _in_microseconds(value).item() if value.dtype.kind in "mM" else value.tolist()


def _in_microseconds(values: Any) -> Any:
    """Times of NumPy: in nanoseconds they would become plain numbers."""
    return values.astype("datetime64[us]" if values.dtype.kind == "M" else "timedelta64[us]")


def _is_missing(value: Any) -> bool:
    """NaN and NaT differ from themselves; pandas' NA gives NA again, which is neither true nor false."""
    if type(value).__name__ == "NAType":
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return False


def _with_none(listed: list[Any]) -> list[Any]:
    """Integers and booleans of pandas may have gaps."""
    return [None if type(value).__name__ == "NAType" else value for value in listed]


def _unsendable(name: str, row: int | None, message: str, remedy: str) -> InvalidInput:
    problem = Problem(field=name, message=message, remedy=remedy, row=row)
    return InvalidInput("The values cannot be sent:", problems=[problem])
