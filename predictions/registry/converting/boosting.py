"""Histogram gradient boosting: thresholds and inputs of 64 bits, categories, gaps, and the inverse link.

A split by categories reads a column of its own, added to the inputs: 0 where the category goes left, else 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.encoding import index_of
from predictions.registry.converting.operations import Ops

MOST_CATEGORIES = 256
LINKS = {"IdentityLink": "", "LogLink": "Exp"}


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sums through a sigmoid or softmax; the label is the most probable one."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    raw = raw_sums(ops, model)
    if model.n_trees_per_iteration_ == 1:
        share = ops("Sigmoid", raw)
        shares = ops("Concat", ops("Sub", ops.const(1.0), share), share, axis=1)
    else:
        shares = ops("Softmax", raw, axis=1)
    ops.answer(shares, 1)
    ops.label(ops.most(shares), model.classes_)


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sum through the inverse of the loss's link."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    link = type(model._loss.link).__name__
    if link not in LINKS:
        raise NotImplementedError(f"the link {link}")
    raw = raw_sums(ops, model)
    ops.answer(ops(LINKS[link], raw) if LINKS[link] else raw)


def raw_sums(ops: Ops, model: Any) -> str:
    """Return the sums of the trees and the baseline, (n, trees of a round)."""
    trees = [tree for of_round in model._predictors for tree in of_round]
    inputs, place, splits = _inputs(ops, model, trees)
    attributes: dict[str, Any] = {"n_targets": model.n_trees_per_iteration_, "post_transform": "NONE"}
    for number, tree in enumerate(trees):
        nodes = tree.nodes
        leaf, by_category = (
            nodes["is_leaf"].astype(bool),
            nodes["is_categorical"].astype(bool) & (nodes["is_leaf"] == 0),
        )
        feature = place[nodes["feature_idx"].astype(int)]
        threshold = np.where(by_category, 0.5, nodes["num_threshold"])
        for i in np.flatnonzero(by_category):
            feature[i] = splits[number, i]
        if ops.dtype == np.float32:
            threshold = tree_nodes.down_to_32_bits(threshold)
        tree_nodes.add_nodes(
            attributes, number, leaf, feature, threshold, nodes["left"], nodes["right"],
            nodes["missing_go_to_left"],
        )  # fmt: skip
        first, places = number % model.n_trees_per_iteration_, np.flatnonzero(leaf)
        tree_nodes.add_leaves(attributes, "target", number, places, nodes["value"][leaf][:, None], first)
    sums = ops("TreeEnsembleRegressor", inputs, domain="ai.onnx.ml", **attributes)
    return ops("Add", sums, ops.const(np.ravel(model._baseline_prediction)))


def _inputs(ops: Ops, model: Any, trees: list[Any]) -> tuple[str, np.ndarray, dict[tuple[int, int], int]]:
    """Return the inputs, where each of the model's features is in them, and the column of each split."""
    width, preprocessor = model.n_features_in_, model._preprocessor
    if preprocessor is None:
        return ops.matrix(), np.arange(width), {}
    indices = preprocessor._transformer_to_input_indices
    by_category = list(indices["encoder"])
    place = np.array(by_category + list(indices["numerical"]))
    matrix, tables, splits = ops.matrix(), {i: [] for i in range(len(by_category))}, {}
    found = [(t, i) for t, tree in enumerate(trees) for i in np.flatnonzero(tree.nodes["is_categorical"])]
    added = [one for one in found if not trees[one[0]].nodes[one[1]]["is_leaf"]]
    for t, i in sorted(added, key=lambda one: trees[one[0]].nodes[one[1]]["feature_idx"]):
        splits[t, i] = width + len(splits)
        tables[trees[t].nodes[i]["feature_idx"]].append(_goes_right(trees[t], i))
    encoder = preprocessor.named_transformers_["encoder"]
    columns = [matrix]
    for position, table in tables.items():
        if table:
            index = index_of(ops, ops.columns(matrix, [by_category[position]]), encoder.categories_[position])
            known = len(encoder.categories_[position])
            stacked = np.column_stack([np.append(one[:known], one[-1]) for one in table])
            columns.append(ops("Gather", ops.const(stacked), index, axis=0))
    joined = ops("Concat", *columns, axis=1) if len(columns) > 1 else matrix
    return joined, place, splits


def _goes_right(tree: Any, i: int) -> np.ndarray:
    """Return of each code of a category whether it goes right at a node; last, of an unknown one."""
    bitset = tree.raw_left_cat_bitsets[tree.nodes[i]["bitset_idx"]]
    codes = np.arange(MOST_CATEGORIES)
    left = (bitset[codes // 32] >> (codes % 32).astype(np.uint32)) & 1
    return np.append(1.0 - left, 0.0 if tree.nodes[i]["missing_go_to_left"] else 1.0)
