"""Estimators round another one: a threshold for its probability, or a transformed target."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.operations import INT64, Ops, number_type

INVERSES = {  # numpy's name of a function -> the operators that do it
    "exp": ("Exp",), "log": ("Log",), "sqrt": ("Sqrt",), "absolute": ("Abs",), "negative": ("Neg",),
    "reciprocal": ("Reciprocal",), "tanh": ("Tanh",), "sin": ("Sin",), "cos": ("Cos",),
}  # fmt: skip


def convert_threshold(scope: Any, operator: Any, container: Any) -> None:
    """Fixed and tuned thresholds: the positive label from the threshold on, the same probabilities."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    inner = model.estimator_
    if not hasattr(inner, "predict_proba") or model.response_method == "decision_function":
        raise NotImplementedError("a threshold of scores")
    tuned = getattr(model, "best_threshold_", None)
    threshold = model.threshold if tuned is None else tuned
    threshold = 0.5 if threshold == "auto" else float(threshold)
    _, shares = ops.ask(inner, is_classifier=True)
    ops.answer(shares, 1)
    positive = _positive(model)
    share = ops("Gather", shares, ops.const(positive, np.int64), axis=1)
    reached = ops.cast(ops("GreaterOrEqual", share, ops.const(threshold)), INT64)
    position = reached if positive == 1 else ops("Sub", ops.const(1, np.int64), reached)
    ops.label(position, model.classes_)


def _positive(model: Any) -> int:
    """The place of the positive label: the last, unless another is named."""
    label = getattr(model, "pos_label", None)
    if label is None:
        label = getattr(getattr(model, "_curve_scorer", None), "_get_pos_label", lambda: None)()
    return 1 if label is None else int(np.flatnonzero(model.classes_ == label)[0])


def shapes_of_target(operator: Any) -> None:
    """Say how wide the output is."""
    operator.outputs[0].type = number_type()([None, 1])


def convert_target(scope: Any, operator: Any, container: Any) -> None:
    """TransformedTargetRegressor: the inner answer, transformed back."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    (answer,) = ops.ask(model.regressor_, is_classifier=False)
    answer = ops("Reshape", answer, ops.const([-1, 1], np.int64))
    ops.answer(_back(ops, model.transformer_, answer))


def _back(ops: Ops, transformer: Any, answer: str) -> str:
    kind = type(transformer).__name__
    if kind == "FunctionTransformer":
        return apply(ops, transformer.inverse_func, answer)
    if kind in ("StandardScaler", "RobustScaler"):
        scaled = answer if transformer.scale_ is None else ops("Mul", answer, ops.const(transformer.scale_))
        centre = transformer.mean_ if kind == "StandardScaler" else transformer.center_
        return scaled if centre is None else ops("Add", scaled, ops.const(centre))
    if kind == "MinMaxScaler" and not transformer.clip:
        moved = ops("Sub", answer, ops.const(transformer.min_))
        return ops("Div", moved, ops.const(transformer.scale_))
    raise NotImplementedError(f"the inverse of {kind}")


def apply(ops: Ops, function: Any, values: str) -> str:
    """Apply one of numpy's functions. Raises `NotImplementedError` for others."""
    name = "" if function is None else str(getattr(function, "__name__", ""))
    if function is None:
        return values
    if getattr(np, name, None) is not function:
        raise NotImplementedError("a function of one's own")
    if name in INVERSES:
        return ops(INVERSES[name][0], values)
    if name == "expm1":
        return ops("Sub", ops("Exp", values), ops.const(1.0))
    if name == "log1p":
        return ops("Log", ops("Add", values, ops.const(1.0)))
    if name == "square":
        return ops("Mul", values, values)
    raise NotImplementedError(f"numpy's {name}")


def shapes_of_function(operator: Any) -> None:
    """Say how wide the output is."""
    width = sum(one.type.shape[1] for one in operator.inputs)
    operator.outputs[0].type = number_type()([None, width])


def convert_function(scope: Any, operator: Any, container: Any) -> None:
    """FunctionTransformer with one of numpy's functions."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    if model.kw_args:
        raise NotImplementedError("arguments of a function")
    ops.answer(apply(ops, model.func, ops.matrix()))
