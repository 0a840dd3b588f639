"""Linear classifiers that have scores but no probabilities, in 64 bits: ONNX's own operator has 32."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.operations import INT64, Ops


def convert_linear(scope: Any, operator: Any, container: Any) -> None:
    """The label with the highest score; of two, the second if its score is above 0."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    product = ops("MatMul", ops.matrix(), ops.const(np.atleast_2d(model.coef_).T))
    scores = ops("Add", product, ops.const(np.atleast_1d(model.intercept_)))
    if len(model.classes_) > 2:
        ops.answer(scores, 1)
        ops.label(ops.most(scores), model.classes_)
        return
    ops.answer(ops("Concat", ops("Neg", scores), scores, axis=1), 1)
    above = ops.cast(ops("Greater", scores, ops.const([0.0])), INT64)
    ops.label(ops("Reshape", above, ops.const([-1], np.int64)), model.classes_)
