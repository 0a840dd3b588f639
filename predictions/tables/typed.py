"""The cells of a file as values of a kind: doubles for numbers, truth values and times, text as objects.

A timestamp is its seconds since 1970 in UTC, exact to the microsecond; a time without a zone counts as UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 10_000  # cells by which a column is found to repeat its values
TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "t", "on", "1", "1.0"), 1.0),
    **dict.fromkeys(("false", "no", "n", "f", "off", "0", "0.0"), 0.0),
}


def typed(column: pd.Series, kind: Kind) -> pd.Series:
    """Return float64, or objects for text and categories; what is not of the kind is missing (NaN)."""
    if kind in (Kind.TEXT, Kind.CATEGORY):
        return texts(column)
    return {Kind.TIMESTAMP: moments, Kind.BOOL: truths}.get(kind, numbers)(column)


def is_text(column: pd.Series) -> bool:
    """Whether its cells are text, or it mixes types."""
    from pandas.api import types

    values = column.cat.categories if isinstance(column.dtype, types.CategoricalDtype) else column
    return types.is_object_dtype(values) or types.is_string_dtype(values)


def numbers(column: pd.Series) -> pd.Series:
    """As float64; "true" and "false" are 1 and 0. An infinite number is none: no request can have it."""
    import pandas as pd

    if not is_text(column):
        values = column.astype("object") if isinstance(column.dtype, pd.CategoricalDtype) else column
        if pd.api.types.is_datetime64_any_dtype(values):
            return pd.Series(float("nan"), index=column.index, name=column.name)
        if values.dtype.kind in "fiu" and not pd.api.types.is_extension_array_dtype(values):
            return _finite(values.astype("float64"))  # a million rows of twenty columns: a second less
        return _finite(values.astype("Float64").astype("float64"))
    found = _finite(_parsed(column))
    others = column[found.isna() & column.notna()].astype("object")
    words = others.map(lambda cell: {"true": 1.0, "false": 0.0}.get(str(cell).lower()))
    return found.fillna(words.astype("float64")) if len(words) else found


def _parsed(column: pd.Series) -> pd.Series:
    """As float64; of text in Arrow's memory no Python object is made, if every cell is a plain number."""
    import pandas as pd

    if isinstance(column.dtype, pd.StringDtype):
        import pyarrow as pa

        with suppress(pa.ArrowInvalid):
            values = pa.array(column.array, pa.string()).cast(pa.float64()).to_numpy(zero_copy_only=False)
            return pd.Series(values, index=column.index, name=column.name)
    return _parsed_objects(column.astype("object"))


def _parsed_objects(cells: pd.Series) -> pd.Series:
    """As float64; where cells repeat, each text is parsed once: a quarter of the time."""
    import pandas as pd

    some = cells.head(LOOKED_AT)
    are_texts = pd.api.types.infer_dtype(cells, skipna=True) == "string"  # of others 0.0 equals -0.0
    if not are_texts or len(some) < LOOKED_AT or some.nunique() > LOOKED_AT / 2:
        return pd.to_numeric(cells, errors="coerce").astype("float64")
    places, texts = cells.factorize(use_na_sentinel=False)
    values = pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce").to_numpy("float64")
    return pd.Series(values[places], index=cells.index, name=cells.name)


def _finite(values: pd.Series) -> pd.Series:
    import numpy as np

    infinite = np.isinf(values.to_numpy())
    return values.mask(infinite) if infinite.any() else values


def truths(column: pd.Series) -> pd.Series:
    """As 1.0 and 0.0: true and false, yes and no, 1 and 0 are understood."""
    if not is_text(column):
        found = numbers(column)
        return found.where(found.isin([0, 1]))
    known = column.astype("object").map(
        lambda cell: TRUTHS.get(str(cell).strip().lower()), na_action="ignore"
    )
    return known.astype("float64")


def moments(column: pd.Series) -> pd.Series:
    """As seconds since 1970, from ISO 8601 or from times; numbers are none."""
    import pandas as pd

    if is_text(column):
        given = column.astype("object")
        times = pd.to_datetime(given, format="ISO8601", errors="coerce", utc=True)
    elif pd.api.types.is_datetime64_any_dtype(column):
        times = pd.to_datetime(column, utc=True)
    else:
        return pd.Series(float("nan"), index=column.index, name=column.name)
    whole = times.dt.as_unit("us").astype("int64")
    return (whole / 1e6).where(times.notna())


def texts(column: pd.Series) -> pd.Series:
    """As objects: text as it is, a number as JSON writes it."""
    import numpy as np
    import pandas as pd

    if isinstance(column.dtype, pd.StringDtype):
        return _shared(column)
    cells = column.astype("object")
    if not is_text(column):
        cells = cells.map(_written, na_action="ignore")
    return cells.where(cells.notna(), np.nan)


def _shared(column: pd.Series) -> pd.Series:
    """Equal texts as one object: a third of the time, and encoders look them up faster."""
    import numpy as np
    import pandas as pd

    places, words = column.factorize()
    objects = np.append(np.asarray(words, dtype=object), np.nan)  # the place of what is missing is -1
    return pd.Series(objects[places], index=column.index, name=column.name, dtype="object")


def _written(cell: object) -> str:
    return repr(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)


def typed_frame(column: Callable[[str], pd.Series], spec: SignatureSpec) -> pd.DataFrame:
    """Return features and output; `column` returns the cells of a name."""
    import pandas as pd

    outputs = _outputs(column(spec.output_name), spec)
    # Not inserted: a frame of 2,000 features that grows by one column is fragmented, and each use copies it.
    return pd.DataFrame(_typed(column, spec) | {spec.output_name: outputs}, copy=False)


def typed_features(column: Callable[[str], pd.Series], spec: SignatureSpec) -> pd.DataFrame:
    """Return the features alone."""
    import pandas as pd

    return pd.DataFrame(_typed(column, spec), copy=False)


def _typed(column: Callable[[str], pd.Series], spec: SignatureSpec) -> dict[str, pd.Series]:
    return {feature.name: typed(column(feature.name), feature.kind) for feature in spec.features}


def _outputs(column: pd.Series, spec: SignatureSpec) -> pd.Series:
    """Each label as the signature writes it; any other text stays, so that checks can report it."""
    import numpy as np

    if spec.task == "regression":
        return numbers(column)
    known = column if isinstance(column.dtype, np.dtype) else column.astype("object")
    return known.map({cell: _label(str(cell), spec.labels) for cell in known.dropna().unique()})


def _label(text: str, labels: tuple[Any, ...]) -> Any:
    """Return the label that a cell stands for: "1" and "1.0" are 1; "true", "yes" and "1" are True."""
    for label in labels:
        if text == label or (text.lower() == str(label).lower() and not isinstance(label, str)):
            return label
    with suppress(ValueError):
        number = float(text)
        if found := [n for n in labels if not isinstance(n, str | bool) and n == number]:
            return found[0]
    truth = TRUTHS.get(text.strip().lower())
    return next((n for n in labels if isinstance(n, bool) and n == truth), text)
