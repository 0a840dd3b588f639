"""Linear classifiers in 64 bits: ONNX's own operator has 32."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.operations import INT64, Ops


def convert_linear(scope: Any, operator: Any, container: Any) -> None:
    """Those without probabilities."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    scores = _scores(ops, model.coef_, model.intercept_)
    _label(ops, scores, model.classes_)
    ops.answer(scores if _are_many(model) else ops("Concat", ops("Neg", scores), scores, axis=1), 1)


def convert_discriminant(scope: Any, operator: Any, container: Any) -> None:
    """LinearDiscriminantAnalysis; of two labels skl2onnx takes the softmax where it is the sigmoid."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    scores = _scores(ops, model.coef_, model.intercept_)
    _label(ops, scores, model.classes_)
    if _are_many(model):
        ops.answer(ops("Softmax", scores, axis=1), 1)
        return
    second = ops("Sigmoid", scores)
    ops.answer(ops("Concat", ops("Sub", ops.const([1.0]), second), second, axis=1), 1)


def convert_one_vs_rest(scope: Any, operator: Any, container: Any) -> None:
    """A LogisticRegression for each of several labels: the highest score wins, the last of equal ones.

    skl2onnx takes the highest probability, and of large scores several are 1. Others it converts itself.
    """
    from skl2onnx.operator_converters.one_vs_rest_classifier import convert_one_vs_rest_classifier
    from sklearn.linear_model import LogisticRegression

    ops, model = Ops(scope, operator, container), operator.raw_operator
    inner = model.estimators_
    if len(inner) < 2 or model.multilabel_ or any(type(one) is not LogisticRegression for one in inner):
        convert_one_vs_rest_classifier(scope, operator, container)
        return
    coefficients = np.concatenate([one.coef_ for one in inner])
    scores = _scores(ops, coefficients, np.concatenate([one.intercept_ for one in inner]))
    ops.label(ops("ArgMax", scores, axis=1, keepdims=0, select_last_index=1), model.classes_)
    shares = ops("Sigmoid", scores)
    total = ops("ReduceSum", shares, ops.const([1], np.int64), keepdims=1)
    nothing = ops("Equal", total, ops.const([0.0]))
    ops.answer(ops("Div", shares, ops("Where", nothing, ops.const([1.0]), total)), 1)


def _scores(ops: Ops, coefficients: Any, intercepts: Any) -> str:
    product = ops("MatMul", ops.matrix(), ops.const(np.atleast_2d(coefficients).T))
    return ops("Add", product, ops.const(np.atleast_1d(intercepts)))


def _are_many(model: Any) -> bool:
    return len(model.classes_) > 2


def _label(ops: Ops, scores: str, classes: np.ndarray) -> None:
    """Write the label with the highest score; of two, the second if its score is above 0."""
    if len(classes) > 2:
        ops.label(ops.most(scores), classes)
        return
    above = ops.cast(ops("Greater", scores, ops.const([0.0])), INT64)
    ops.label(ops("Reshape", above, ops.const([-1], np.int64)), classes)
