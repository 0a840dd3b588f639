"""SimpleImputer: ONNX's own operator has neither 64 bits nor indicators of what was missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.contract.signature import MISSING_TEXT
from predictions.registry.converting.operations import Ops


def shapes_of_imputer(operator: Any) -> None:
    """Say how wide the output is."""
    from skl2onnx.common.data_types import StringTensorType

    model = operator.raw_operator
    width = int(sum(_is_kept(model)))
    if model.add_indicator:
        width += len(model.indicator_.features_)
    kind = type(operator.inputs[0].type)
    if model.add_indicator and kind is StringTensorType:
        raise NotImplementedError("add_indicator with texts")
    operator.outputs[0].type = kind([None, width])


def convert_imputer(scope: Any, operator: Any, container: Any) -> None:
    """Where a value is missing the statistic; then the indicators."""
    from skl2onnx.common.data_types import StringTensorType

    ops, model = Ops(scope, operator, container), operator.raw_operator
    is_text = isinstance(operator.inputs[0].type, StringTensorType)
    names = [one.full_name for one in operator.inputs]
    values = ops.matrix() if not is_text else names[0] if len(names) == 1 else ops("Concat", *names, axis=1)
    missing = _missing(ops, model, values, is_text=is_text)
    kept = np.flatnonzero(_is_kept(model))
    statistics = [model.statistics_[i] for i in kept]
    filled = ops.texts([str(s) for s in statistics]) if is_text else ops.const(statistics)
    some = [ops.columns(name, kept) for name in (missing, values)]
    result = ops("Where", some[0], filled, some[1])
    if model.add_indicator:
        shown = ops.cast(ops.columns(missing, model.indicator_.features_), ops.number)
        result = ops("Concat", result, shown, axis=1)
    ops.answer(result)


def _missing(ops: Ops, model: Any, values: str, *, is_text: bool) -> str:
    marker = model.missing_values
    if is_text:
        text = MISSING_TEXT if marker is None or marker != marker else str(marker)
        return ops("Equal", values, ops.texts([text]))
    if marker is None or marker != marker:
        return ops("IsNaN", values)
    return ops("Equal", values, ops.const([marker]))


def _is_kept(model: Any) -> list[bool]:
    """Of each column whether it is in the output: one that was empty in training is not."""
    statistics = model.statistics_
    return [not (one is None or one != one) or bool(model.keep_empty_features) for one in statistics]
