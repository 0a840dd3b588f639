"""Encoders of categories, of any type: the fitted encoder itself is asked what it makes of each category."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.imputing import MISSING
from predictions.registry.converting.operations import INT64, Ops, number_type

MOST_NUMBERS = 5_000  # categories of a number: each row is compared with all of them
UNKNOWN = "\x00 unknown"  # a text that is no category


def shapes_of_encoder(operator: Any) -> None:
    width = sum(table.shape[1] for table in _tables(operator.raw_operator))
    operator.outputs[0].type = number_type()([None, width])


def convert_encoder(scope: Any, operator: Any, container: Any) -> None:
    """OneHotEncoder, OrdinalEncoder, TargetEncoder: each column through a table of what its categories become."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    encoded = [
        _looked_up(ops, index_of(ops, column, categories), table)
        for column, categories, table in zip(_columns(ops), model.categories_, _tables(model), strict=True)
    ]
    ops.answer(encoded[0] if len(encoded) == 1 else ops("Concat", *encoded, axis=1))


def index_of(ops: Ops, column: str, categories: np.ndarray) -> str:
    """Return the position (n,) of each value of a column (n, 1) in its categories; their number if unknown."""
    count = len(categories)
    if categories.dtype.kind in "OUS" and not _are_numbers(categories):
        keys = [MISSING if one is None or one != one else str(one) for one in categories]
        found = ops(
            "LabelEncoder", column, domain="ai.onnx.ml", op_version=2, keys_strings=keys,
            values_int64s=list(range(count)), default_int64=count,
        )  # fmt: skip
        return ops("Reshape", found, ops.const([-1], np.int64))
    if count > MOST_NUMBERS:
        raise NotImplementedError("so many categories of a number")
    numbers = categories.astype(np.float64)
    equal = ops("Equal", column, ops.const([numbers]))
    if np.isnan(numbers).any():
        equal = ops("Or", equal, ops("And", ops("IsNaN", column), ops.const([np.isnan(numbers)], bool)))
    before_the_end = ops.const(count - np.arange(count))
    found = ops.cast(ops("MatMul", ops.cast(equal, ops.number), before_the_end), INT64)
    return ops("Sub", ops.const(count, np.int64), found)


def _are_numbers(categories: np.ndarray) -> bool:
    return all(one is None or isinstance(one, int | float | np.number) for one in categories)


def _columns(ops: Ops) -> list[str]:
    """Return the columns (n, 1) of all inputs."""
    columns = []
    for one in ops.operator.inputs:
        width = one.type.shape[1]
        if width is None:
            raise NotImplementedError("inputs of unknown width")
        name = one.full_name
        columns += [name] if width == 1 else [ops.columns(name, [i]) for i in range(width)]
    return columns


def _looked_up(ops: Ops, index: str, table: np.ndarray) -> str:
    if table.shape[1] > 1 and set(np.unique(table)) <= {0.0, 1.0} and (table.sum(axis=1) <= 1).all():
        place = np.where(table.any(axis=1), table.argmax(axis=1), table.shape[1])
        places = ops("Gather", ops.const(place, np.int64), index)
        off_on = ops.const([0, 1], np.float32)  # the operator is not implemented for doubles
        hot = ops("OneHot", places, ops.const(table.shape[1], np.int64), off_on, axis=-1)
        return ops.cast(hot, ops.number)
    return ops("Gather", ops.const(table), index, axis=0)


def _tables(model: Any) -> list[np.ndarray]:
    """Of each column what its categories become, then what an unknown one becomes: (categories + 1, width)."""
    first = [categories[0] for categories in model.categories_]
    start, tables = 0, []
    for place, categories in enumerate(model.categories_):
        rows = [[*first[:place], value, *first[place + 1 :]] for value in categories]
        known = _transformed(model, rows)
        width = known.shape[1] // len(first)
        if type(model).__name__ == "OneHotEncoder":
            width = _width(model, place)
        mine = (
            known[:, start : start + width]
            if type(model).__name__ != "TargetEncoder"
            else known[:, place * width : (place + 1) * width]
        )
        tables.append(np.vstack([mine, _of_unknown(model, first, place, mine.shape[1], start)]))
        start += width
    return tables


def _width(model: Any, place: int) -> int:
    return (
        len(model._remove_dropped_categories(model.categories_[place], place))
        if not model._infrequent_enabled
        else int(model._n_features_outs[place])
    )


def _of_unknown(model: Any, first: list[Any], place: int, width: int, start: int) -> np.ndarray:
    """What an unknown category becomes; zeros where the encoder refuses it, which the proof finds."""
    categories = model.categories_[place]
    is_text = categories.dtype.kind in "OUS" and not _are_numbers(categories)
    value = UNKNOWN if is_text else float(np.nanmax(np.append(categories.astype(float), 0.0))) + 1.0
    try:
        row = _transformed(model, [[*first[:place], value, *first[place + 1 :]]])
    except ValueError:
        return np.zeros(width)
    return row[0, start : start + width]


def _transformed(model: Any, rows: list[list[Any]]) -> np.ndarray:
    import warnings

    import pandas as pd

    names = getattr(model, "feature_names_in_", None)
    columns = list(zip(*rows, strict=True))
    frame = pd.DataFrame(
        {
            i: _column(values, categories)
            for i, (values, categories) in enumerate(zip(columns, model.categories_, strict=True))
        }
    )
    if names is not None:
        frame.columns = names
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = model.transform(frame if names is not None else frame.to_numpy())
    result = result.toarray() if hasattr(result, "toarray") else np.asarray(result)
    return result.astype(np.float64)


def _column(values: Any, categories: np.ndarray) -> Any:
    import pandas as pd

    return pd.Series(list(values), dtype="object" if categories.dtype.kind in "OUS" else "float64")
