"""The fields of a form, as the API reads them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def form(fields: Mapping[str, Any], files: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the fields of a form: what is None or empty is left out, lists are repeated."""
    written: list[tuple[str, Any]] = []
    for name, value in fields.items():
        values = value if isinstance(value, list | tuple) else [value]
        written += [(name, _written(each)) for each in values if each not in (None, "", {})]
    return [*written, *files]


def _written(value: Any) -> str:
    """Booleans and tables as JSON, and everything else as it is printed; numbers of NumPy as Python's."""
    value = _plain(value) if hasattr(value, "item") else value
    return json.dumps(value, default=_plain) if isinstance(value, bool | dict) else str(value)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
