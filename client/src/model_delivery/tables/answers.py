"""Predictions as the caller's library has them: with pandas a Series or DataFrame with the frame's index."""

import json
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any


def as_series(values: Sequence[Any], *, index: Any, name: str) -> Any:
    """Return a Series; a list without pandas."""
    if find_spec("pandas") is None:
        return list(values)
    import pandas as pd

    return pd.Series(list(values), index=index, name=name)


def as_table(columns: dict[Any, list[float]], *, index: Any) -> Any:
    """Return a DataFrame; a dictionary of lists without pandas."""
    if find_spec("pandas") is None:
        return columns
    import pandas as pd

    return pd.DataFrame(columns, index=index)


def labels_of(keys: Iterable[str], *, predictions: Sequence[Any]) -> dict[str, Any]:
    """Return the label of each key of JSON: if the predictions are no text, 1 is written "1", True "true"."""
    if all(isinstance(prediction, str) for prediction in predictions):
        return {key: key for key in keys}
    return {key: _decoded(key) for key in keys}


def _decoded(key: str) -> Any:
    try:
        return json.loads(key)
    except ValueError:
        return key
