"""What the ONNX operators for trees are told of each node, written a tree at a time.

skl2onnx writes them one by one, which takes three times as long. scikit-learn compares an input of 32 bits
with a threshold of 64; a missing value goes where the node says.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Among the attributes until `exact_trees` takes them out: a mark, and numbers that skl2onnx does not round.
OF_32_BITS, EXACT = "input_of_32_bits", "exact_"


def add_tree(
    attributes: dict[str, Any],
    is_classifier: bool,
    tree: Any,
    tree_id: int,
    tree_weight: float,
    first_label: int,
    are_counts: bool,
    adjust_thresholds: bool = False,
    dtype: Any = None,
) -> None:
    """Do what skl2onnx's `add_tree_to_attribute_pairs` does, whose arguments these are."""
    left, right = tree.children_left, tree.children_right
    places = np.arange(tree.node_count)
    leaf = (left <= places) & (right <= places)
    thresholds, missing = tree.threshold, getattr(tree, "missing_go_to_left", np.zeros_like(leaf))
    if dtype == np.float32 and adjust_thresholds:
        thresholds = down_to_32_bits(thresholds)
    attributes[OF_32_BITS] = 1
    add_nodes(attributes, tree_id, leaf, tree.feature, thresholds, left, right, missing)
    weights = _weights(tree.value[leaf], tree_weight, are_counts=are_counts)
    if is_classifier and weights.shape[1] == 2:
        weights = weights[:, 1:]
    kind = "class" if is_classifier else "target"
    add_leaves(attributes, kind, tree_id, places[leaf], weights, first_label)


def add_nodes(
    attributes: dict[str, Any],
    tree_id: int,
    leaf: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    missing_left: np.ndarray,
    *,
    mode: str = "BRANCH_LEQ",
) -> None:
    """Append the nodes of one tree: arrays of its length; what a leaf says of a threshold is not read.

    By the mode BRANCH_LEQ what is at most the threshold goes left, by BRANCH_LT what is below it.
    """
    columns = {
        "nodes_treeids": [tree_id] * len(leaf),
        "nodes_nodeids": list(range(len(leaf))),
        "nodes_featureids": np.where(leaf, 0, feature).tolist(),
        "nodes_modes": np.where(leaf, "LEAF", mode).astype(object).tolist(),
        "nodes_values": np.where(leaf, 0.0, threshold).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, left).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, right).tolist(),
        "nodes_missing_value_tracks_true": np.where(leaf, 0, missing_left).astype(int).tolist(),
        "nodes_hitrates": [1.0] * len(leaf),
    }
    for name, values in columns.items():
        attributes.setdefault(name, []).extend(values)
    attributes.setdefault(f"{EXACT}nodes_values", []).extend(columns["nodes_values"])


def add_leaves(
    attributes: dict[str, Any], kind: str, tree_id: int, places: np.ndarray, weights: np.ndarray, first: int
) -> None:
    """Append what the leaves at `places` add to the answer: weights (leaves, targets from `first` on)."""
    count = weights.shape[1]
    columns = {
        f"{kind}_treeids": [tree_id] * weights.size,
        f"{kind}_nodeids": np.repeat(places, count).tolist(),
        f"{kind}_ids": np.tile(np.arange(count) + first, len(weights)).tolist(),
        f"{kind}_weights": weights.ravel().tolist(),
    }
    for name, values in columns.items():
        attributes.setdefault(name, []).extend(values)
    attributes.setdefault(f"{EXACT}{kind}_weights", []).extend(columns[f"{kind}_weights"])


def down_to_32_bits(exact: np.ndarray) -> np.ndarray:
    """Return the largest 32-bit numbers that are not above: x <= each is true for the same x of 32 bits."""
    near = exact.astype(np.float32)
    below = np.nextafter(near, np.float32(-np.inf))
    return np.where(near <= exact, near, below).astype(float)


def _weights(values: np.ndarray, tree_weight: float, *, are_counts: bool) -> np.ndarray:
    """Return what each leaf adds to the answer, (leaves, labels)."""
    flat = values.reshape(len(values), -1)
    if not are_counts:
        return flat * tree_weight
    sums = flat.sum(axis=1)
    return np.asarray(flat * (tree_weight / np.where(sums == 0, 1.0, sums))[:, None])
