"""Histogram gradient boosting: thresholds and inputs of 64 bits, categories, gaps, and the inverse link.

A split by categories reads a column of its own, added to the inputs: 0 where the category goes left, else 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.estimators.encoding import index_of
from predictions.registry.converting.operations import Ops

MOST_CATEGORIES = 256
INVERSES = {"IdentityLink": "Identity", "LogLink": "Exp"}


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sums through a sigmoid or softmax; the label is the most probable one."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    raw = raw_sums(ops, model)
    shares = ops("Softmax", raw, axis=1) if model.n_trees_per_iteration_ > 1 else of_two(ops, raw)
    ops.answer(shares, 1)
    ops.label(ops.most(shares), model.classes_)


def of_two(ops: Ops, raw: str) -> str:
    """Return the probabilities of two labels, (n, 2), from the log-odds of the second, (n, 1)."""
    share = ops("Sigmoid", raw)
    return ops("Concat", ops("Sub", ops.const(1.0), share), share, axis=1)


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sum through the inverse of the loss's link."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    link = type(model._loss.link).__name__
    if link not in INVERSES:
        raise NotImplementedError(f"the link {link}")
    ops.answer(ops(INVERSES[link], raw_sums(ops, model)))


def raw_sums(ops: Ops, model: Any) -> str:
    """Return the sums of the trees and the baseline, (n, trees of a round)."""
    trees = [tree for of_round in model._predictors for tree in of_round]
    targets, columns = model.n_trees_per_iteration_, Columns.of(model, trees, ops.text_inputs())
    attributes: dict[str, Any] = {"n_targets": targets, "post_transform": "NONE"}
    for number, tree in enumerate(trees):
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        feature = columns.place[nodes["feature_idx"].astype(int)]
        threshold = np.where(nodes["is_categorical"], 0.5, nodes["num_threshold"])
        for i in _by_category(tree):
            feature[i] = columns.of_split[number, i]
        ways = nodes["left"], nodes["right"], nodes["missing_go_to_left"]
        tree_nodes.add_nodes(attributes, number, leaf, feature, threshold, *ways)
        weights = nodes["value"][leaf][:, None]
        tree_nodes.add_leaves(attributes, "target", number, np.flatnonzero(leaf), weights, number % targets)
    sums = ops("TreeEnsembleRegressor", columns.write(ops), domain="ai.onnx.ml", **attributes)
    return ops("Add", sums, ops.const(np.ravel(model._baseline_prediction)))


def _by_category(tree: Any) -> list[int]:
    """The nodes that split by categories."""
    nodes = tree.nodes
    return [int(i) for i in np.flatnonzero(nodes["is_categorical"] & (nodes["is_leaf"] == 0))]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the trees read: the inputs, then a column for each split by categories."""

    place: np.ndarray  # of each of the model's features in the matrix; of a text it is read by no tree
    texts: dict[int, str]  # inputs that are no numbers, by their place: they are not in the matrix
    of_split: dict[tuple[int, int], int]  # (tree, node) -> column
    tables: list[tuple[int, Any, np.ndarray]]  # (column of the input, its categories, what each becomes)

    @classmethod
    def of(cls, model: Any, trees: list[Any], texts: dict[int, str]) -> Columns:
        width = model.n_features_in_
        if model._preprocessor is None:
            return cls(place=np.arange(width), texts=texts, of_split={}, tables=[])
        indices = model._preprocessor._transformer_to_input_indices
        place = np.array([*indices["encoder"], *indices["numerical"]], dtype=int)
        known = model._preprocessor.named_transformers_["encoder"].categories_
        splits = sorted(
            (int(tree.nodes[i]["feature_idx"]), t, i)
            for t, tree in enumerate(trees)
            for i in _by_category(tree)
        )
        tables = []
        for feature, mine in groupby(splits, key=lambda split: split[0]):
            ways = [_goes_right(trees[t], i, known[feature]) for _, t, i in mine]
            tables.append((int(place[feature]), known[feature], np.column_stack(ways)))
        is_number = np.array([at not in texts for at in range(width)])
        of_split = {(t, i): int(is_number.sum()) + k for k, (_, t, i) in enumerate(splits)}
        in_matrix = (np.cumsum(is_number) - 1)[place]
        return cls(place=in_matrix, texts=texts, of_split=of_split, tables=tables)

    def write(self, ops: Ops) -> str:
        """Add them to the graph, as one matrix."""
        matrix = ops.matrix(without=self.texts)
        columns = [
            ops("Gather", ops.const(table), index_of(ops, self._column(ops, matrix, at), categories), axis=0)
            for at, categories, table in self.tables
        ]
        names = [name for name in (matrix, *columns) if name]
        return ops("Concat", *names, axis=1) if len(names) > 1 else names[0]

    def _column(self, ops: Ops, matrix: str, place: int) -> str:
        """Return the input at a place, (n, 1)."""
        before = sum(at < place for at in self.texts)
        return self.texts.get(place) or ops.columns(matrix, [place - before])


def _goes_right(tree: Any, i: int, known: np.ndarray) -> np.ndarray:
    """Return 1 for each known category that goes right at a node, else 0; last, the same of others.

    What is missing goes as others do, also where it is among the known ones: it has no code.
    """
    node = tree.nodes[i]
    codes = np.arange(min(len(known), MOST_CATEGORIES))
    words = tree.raw_left_cat_bitsets[node["bitset_idx"]][codes // 32]
    left = (words >> (codes % 32).astype(np.uint32)) & 1
    right, of_others = 1.0 - left, 0.0 if node["missing_go_to_left"] else 1.0
    right[[one is None or one != one for one in known[: len(codes)]]] = of_others
    return np.append(right, of_others)
