"""Forests of classifying trees: the mean of the trees' shares, added up first and divided at the end.

skl2onnx adds up parts of 1/n: then fifty trees of a hundred are more than a half, and ties get another label.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.operations import Ops


def convert_forest(scope: Any, operator: Any, container: Any) -> None:
    """RandomForestClassifier and ExtraTreesClassifier."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    if model.n_outputs_ > 1:
        raise NotImplementedError("several outputs")
    trees, to = [one.tree_ for one in model.estimators_], operator.outputs[1].full_name
    is_of_two = model.n_classes_ == 2
    shares = _of_two(ops, trees, to) if is_of_two else _of_many(ops, trees, model.n_classes_, to)
    ops.label(ops.most(shares), model.classes_)


def _of_many(ops: Ops, trees: list[Any], labels: int, to: str) -> str:
    total = _summed(ops, ((tree, tree_nodes.shares_of_leaves(tree)) for tree in trees), labels)
    return ops("Div", total, ops.const([len(trees)]), to=to)


def _of_two(ops: Ops, trees: list[Any], to: str) -> str:
    """One number a leaf: by how much the second label leads. Its sign survives the operator's 32 bits."""
    leads = ((tree, np.diff(tree_nodes.shares_of_leaves(tree), axis=1)) for tree in trees)
    half = ops("Div", _summed(ops, leads, 1), ops.const([[-2.0 * len(trees), 2.0 * len(trees)]]))
    return ops("Add", half, ops.const([0.5]), to=to)


def _summed(ops: Ops, leaves: Iterable[tuple[Any, np.ndarray]], targets: int) -> str:
    """Return the sums (n, targets) of what the reached leaf of each tree says."""
    attributes: dict[str, Any] = {"n_targets": targets, "post_transform": "NONE"}
    for number, (tree, weights) in enumerate(leaves):
        places = tree_nodes.add_splits(attributes, number, tree)
        tree_nodes.add_leaves(attributes, "target", number, places, weights, 0)
    return ops("TreeEnsembleRegressor", ops.matrix(), domain="ai.onnx.ml", **attributes)
