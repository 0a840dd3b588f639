"""What the ONNX operators for trees are told of each node, written a tree at a time.

skl2onnx writes them one by one, which takes three times as long. scikit-learn compares an input of 32 bits
with a threshold of 64; a missing value goes where the node says.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MODES = np.array(["BRANCH_LEQ", "LEAF"], dtype=object)
EXACT = "exact_"  # among the attributes until `exact_trees` takes them out: what skl2onnx does not round


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
    places = add_splits(attributes, tree_id, tree)
    weights = tree_weight * (shares_of_leaves(tree) if are_counts else _of_leaves(tree))
    if is_classifier and weights.shape[1] == 2:
        weights = weights[:, 1:]
    add_leaves(attributes, "class" if is_classifier else "target", tree_id, places, weights, first_label)


def add_splits(
    attributes: dict[str, Any], tree_id: int, tree: Any, features: np.ndarray | None = None
) -> np.ndarray:
    """Append the nodes of a tree of scikit-learn; return the places of its leaves.

    `features` are the columns of the input that the tree's own are, if it was fitted on some of them.
    """
    leaf = _leaves(tree)
    read = tree.feature if features is None else features[np.where(leaf, 0, tree.feature)]
    ways = tree.children_left, tree.children_right, tree.missing_go_to_left
    add_nodes(attributes, tree_id, leaf, read, tree.threshold, *ways, rounds=True)
    return np.flatnonzero(leaf)


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
    rounds: bool = False,
) -> None:
    """Append the nodes of one tree: arrays of its length; what a leaf says of a threshold is not read.

    What is at most the threshold goes left; `rounds` says that the library rounds it to 32 bits first.
    """
    exact = np.where(leaf, 0.0, threshold)
    columns = {
        "nodes_treeids": [tree_id] * len(leaf),
        "nodes_nodeids": list(range(len(leaf))),
        "nodes_featureids": np.where(leaf, 0, feature).tolist(),
        "nodes_modes": MODES[leaf.astype(int)].tolist(),
        "nodes_values": down_to_32_bits(exact).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, left).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, right).tolist(),
        "nodes_missing_value_tracks_true": np.where(leaf, 0, missing_left).astype(int).tolist(),
        "nodes_hitrates": [1.0] * len(leaf),
    }
    for name, values in columns.items():
        attributes.setdefault(name, []).extend(values)
    exact = of_rounded(exact) if rounds else exact
    attributes.setdefault(f"{EXACT}nodes_values", []).extend(exact.tolist())


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


def of_rounded(exact: np.ndarray) -> np.ndarray:
    """Return the largest 64-bit numbers that, rounded to 32 bits, are not above: x <= each tells the same."""
    below = down_to_32_bits(exact).astype(np.float32)
    above = np.nextafter(below, np.float32(np.inf))
    middle = below.astype(float) / 2 + above.astype(float) / 2
    is_even = below.view(np.uint32) % 2 == 0  # then the middle itself is rounded down
    widest = np.where(is_even, middle, np.nextafter(middle, -np.inf))
    return np.where(np.isfinite(above), widest, below.astype(float))


def shares_of_leaves(tree: Any) -> np.ndarray:
    """Return the share of each label in each leaf of a tree of scikit-learn, (leaves, labels)."""
    counts = _of_leaves(tree)
    sums = counts.sum(axis=1, keepdims=True)
    return np.asarray(counts / np.where(sums == 0, 1.0, sums))


def _of_leaves(tree: Any) -> np.ndarray:
    values = tree.value[_leaves(tree)]
    return np.asarray(values.reshape(len(values), -1))


def _leaves(tree: Any) -> np.ndarray:
    return np.asarray(tree.children_left < 0)
