"""Small models that skl2onnx does not know."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.estimators.kernels import squared_distances
from predictions.registry.converting.operations import INT64, Ops


def convert_dummy_classifier(scope: Any, operator: Any, container: Any) -> None:
    """The same answer to every row."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    prior = np.asarray(model.class_prior_)
    if model.strategy not in ("prior", "most_frequent", "constant"):
        raise NotImplementedError("answers by chance")
    place = int(prior.argmax())
    if model.strategy == "constant":
        place = int(np.flatnonzero(model.classes_ == np.ravel(model.constant)[0])[0])
    shares = prior if model.strategy == "prior" else np.eye(len(prior))[place]
    ops.answer(_for_each_row(ops, shares), 1)
    ops.label(ops.most(_for_each_row(ops, np.eye(len(prior))[place])), model.classes_)


def convert_dummy_regressor(scope: Any, operator: Any, container: Any) -> None:
    """The same answer to every row."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    ops.answer(_for_each_row(ops, np.ravel(model.constant_)))


def _for_each_row(ops: Ops, values: np.ndarray) -> str:
    rows = ops("Shape", ops.operator.inputs[0].full_name, start=0, end=1)
    shape = ops("Concat", rows, ops.const([1], np.int64), axis=0)
    return ops("Expand", ops.const(np.asarray(values, dtype=float)[None, :]), shape)


def convert_isotonic(scope: Any, operator: Any, container: Any) -> None:
    """A line through known points: beyond them the last one's value, or not a number."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    xs, ys = np.asarray(model.X_thresholds_, float), np.asarray(model.y_thresholds_, float)
    if len(xs) < 2 or model.out_of_bounds == "raise":
        raise NotImplementedError("a single point, or rows that are refused")
    given = ops.matrix()
    x = ops("Min", ops("Max", given, ops.const(xs[0])), ops.const(xs[-1]))
    passed = ops.cast(ops("GreaterOrEqual", x, ops.const(xs[None, 1:-1])), ops.number)
    place = ops.cast(ops("ReduceSum", passed, ops.const([1], np.int64), keepdims=1), INT64)
    slopes = np.diff(ys) / np.diff(xs)
    start, low, slope = (ops("Gather", ops.const(of), place) for of in (xs[:-1], ys[:-1], slopes))
    line = ops("Add", low, ops("Mul", ops("Sub", x, start), slope))
    if model.out_of_bounds == "nan":
        line = ops("Where", ops("Equal", x, given), line, ops.const(np.nan))
    ops.answer(line)


def convert_projected(scope: Any, operator: Any, container: Any) -> None:
    """CCA and PLSCanonical: linear in the centred features."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    product = ops("MatMul", ops("Sub", ops.matrix(), ops.const(model._x_mean)), ops.const(model.coef_.T))
    ops.answer(ops("Add", product, ops.const(model.intercept_)))


def _line(estimator: Any, features: int) -> tuple[np.ndarray, float]:
    """Return the weights and the intercept of a linear classifier of two labels."""
    if type(estimator).__name__ == "_ConstantPredictor":
        return np.zeros(features), float(np.ravel(estimator.y_)[0])
    if not hasattr(estimator, "coef_") or not hasattr(estimator, "decision_function"):
        raise NotImplementedError("codes of models that are not linear")
    return np.ravel(estimator.coef_), float(np.ravel(estimator.intercept_)[0])


def convert_output_codes(scope: Any, operator: Any, container: Any) -> None:
    """The label whose code is nearest to the scores of linear models."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    lines = [_line(one, model.n_features_in_) for one in model.estimators_]
    weights, start = np.vstack([weights for weights, _ in lines]), np.array([start for _, start in lines])
    scores = ops("Add", ops("MatMul", ops.matrix(), ops.const(weights.T)), ops.const(start))
    codes = np.asarray(model.code_book_, dtype=float)
    far = squared_distances(ops, scores, codes, ops("MatMul", scores, ops.const(codes.T)))
    ops.answer(ops("Neg", far), 1)
    ops.label(ops.most(ops("Neg", far)), model.classes_)
