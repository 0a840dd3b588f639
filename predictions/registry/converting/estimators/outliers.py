"""Outlier detectors: 1 for a usual row and -1 for an unusual one, by the sign of a score, in 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.estimators.kernels import support_sum
from predictions.registry.converting.operations import INT64, Ops, number_type
from predictions.registry.fitness import UNUSUAL, USUAL


def shapes_of_outliers(operator: Any) -> None:
    """Say of what type the label and the score are."""
    from skl2onnx.common.data_types import Int64TensorType

    operator.outputs[0].type = Int64TensorType([None])
    operator.outputs[1].type = number_type()([None, 1])


def convert_support_vectors(scope: Any, operator: Any, container: Any) -> None:
    """OneClassSVM: a weighted sum of the kernel with each support vector; exactly 0 is unusual."""
    ops = Ops(scope, operator, container)
    _answer(ops, support_sum(ops, operator.raw_operator), usual_if="Greater")


def convert_linear(scope: Any, operator: Any, container: Any) -> None:
    """SGDOneClassSVM: a weighted sum of the features, less its offset."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    product = ops("MatMul", ops.matrix(), ops.const(np.reshape(model.coef_, (-1, 1))))
    _answer(ops, ops("Sub", product, ops.const(model.offset_)))


def convert_envelope(scope: Any, operator: Any, container: Any) -> None:
    """EllipticEnvelope: how far a row is from the centre, in units of the spread there."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    apart = ops("Sub", ops.matrix(), ops.const(model.location_[None, :]))
    spread = ops("Mul", ops("MatMul", apart, ops.const(model.precision_)), apart)
    far = ops("ReduceSum", spread, ops.const([1], np.int64), keepdims=1)
    _answer(ops, ops("Sub", ops("Neg", far), ops.const([model.offset_])))


def convert_isolation_forest(scope: Any, operator: Any, container: Any) -> None:
    """IsolationForest: 2 to the power of a row's mean depth in the trees, in units of the expected one."""
    from sklearn.ensemble._iforest import _average_path_length

    ops, model = Ops(scope, operator, container), operator.raw_operator
    expected = len(model.estimators_) * float(_average_path_length([model._max_samples])[0])
    if not expected:
        raise NotImplementedError("a forest of single rows")
    share = ops("Div", _depths(ops, model), ops.const([-expected]))
    _answer(ops, ops("Sub", ops("Neg", ops("Pow", ops.const([2.0]), share)), ops.const([model.offset_])))


def _depths(ops: Ops, model: Any) -> str:
    """Return the sum of the depths of each row in all trees, (n, 1); a leaf of many rows counts as deeper."""
    attributes: dict[str, Any] = {"n_targets": 1, "post_transform": "NONE"}
    for number, (one, features) in enumerate(zip(model.estimators_, model.estimators_features_, strict=True)):
        places = tree_nodes.add_splits(attributes, number, one.tree_, np.asarray(features))
        depth = model._decision_path_lengths[number] + model._average_path_length_per_tree[number] - 1.0
        tree_nodes.add_leaves(attributes, "target", number, places, depth[places][:, None], 0)
    return ops("TreeEnsembleRegressor", ops.matrix(), domain="ai.onnx.ml", **attributes)


def _answer(ops: Ops, score: str, *, usual_if: str = "GreaterOrEqual") -> None:
    ops.answer(score, 1)
    is_usual = ops.cast(ops(usual_if, score, ops.const([0.0])), INT64)
    ops.label(ops("Reshape", is_usual, ops.const([-1], np.int64)), np.array([UNUSUAL, USUAL]))
