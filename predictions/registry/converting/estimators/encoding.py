"""Encoders of categories, of any type: the fitted encoder itself is asked what it makes of each category."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.contract.signature import MISSING_TEXT
from predictions.registry.converting.operations import INT64, Ops, number_type

MOST_NUMBERS = 5_000  # categories of a number: each row is compared with all of them
UNKNOWN = "\x00 unknown"  # a text that is no category


def shapes_of_encoder(operator: Any) -> None:
    """Say how wide the output is."""
    width = sum(table.shape[1] for table in _tables(operator.raw_operator))
    operator.outputs[0].type = number_type()([None, width])


def convert_encoder(scope: Any, operator: Any, container: Any) -> None:
    """OneHotEncoder, OrdinalEncoder, TargetEncoder: for each column a table of what categories become."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    encoded = [
        _looked_up(ops, index_of(ops, column, categories), table)
        for column, categories, table in zip(_columns(ops), model.categories_, _tables(model), strict=True)
    ]
    ops.answer(encoded[0] if len(encoded) == 1 else ops("Concat", *encoded, axis=1))


def index_of(ops: Ops, column: str, categories: np.ndarray) -> str:
    """Return the place (n,) of each value of a column (n, 1) in its categories; if unknown, their count."""
    count = len(categories)
    if is_text(categories):
        keys = [MISSING_TEXT if one is None or one != one else str(one) for one in categories]
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


def is_text(categories: np.ndarray) -> bool:
    """Whether any category is a text; a missing one is of any type."""
    return categories.dtype.kind in "OUS" and any(isinstance(one, str) for one in categories)


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
    """Of each column what its categories become, then what an unknown one does: (categories + 1, width)."""
    tables, start, first = [], 0, [categories[0] for categories in model.categories_]
    for place, categories in enumerate(model.categories_):
        width = _width(model, place)
        rows = [[*first[:place], value, *first[place + 1 :]] for value in categories]
        mine = _transformed(model, rows)[:, start : start + width]
        try:
            unknown = _transformed(model, [[*first[:place], _unknown(categories), *first[place + 1 :]]])
        except ValueError:  # it refuses such rows, which the proof finds
            unknown = np.zeros((1, start + width))
        tables.append(np.vstack([mine, unknown[:, start : start + width]]))
        start += width
    return tables


def _width(model: Any, place: int) -> int:
    """How many columns a column becomes."""
    name = type(model).__name__
    if name == "OneHotEncoder":
        return int(model._n_features_outs[place])
    return len(model.classes_) if name == "TargetEncoder" and model.target_type_ == "multiclass" else 1


def _unknown(categories: np.ndarray) -> Any:
    if is_text(categories):
        return UNKNOWN
    return float(np.nanmax(np.append(categories.astype(float), 0.0))) + 1.0


def _transformed(model: Any, rows: list[list[Any]]) -> np.ndarray:
    import warnings

    import pandas as pd

    frame = pd.DataFrame(rows, dtype="object", columns=getattr(model, "feature_names_in_", None))
    for name, categories in zip(list(frame), model.categories_, strict=True):
        if categories.dtype.kind not in "OUS":
            frame[name] = frame[name].astype("float64")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = model.transform(frame if hasattr(model, "feature_names_in_") else frame.to_numpy())
    return np.asarray(result.toarray() if hasattr(result, "toarray") else result).astype(np.float64)
