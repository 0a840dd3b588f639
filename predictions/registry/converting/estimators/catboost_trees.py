"""CatBoost's classifier and regressor of numbers, from the trees as the library itself writes them.

A tree asks the same question at every node of a level. It reads the features as numbers of 32 bits.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.estimators.boosting import of_two
from predictions.registry.converting.operations import Ops


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sums through a sigmoid or softmax."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    raw, labels = raw_sums(ops, model), np.asarray(model.classes_)
    shares = of_two(ops, raw) if len(labels) == 2 else ops("Softmax", raw, axis=1)
    ops.answer(shares, 1)
    ops.label(ops.most(shares), labels)


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sum, or its exponential."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    raw, loss = raw_sums(ops, model), str(model.get_all_params().get("loss_function", "RMSE"))
    ops.answer(ops("Exp", raw) if loss.startswith(("Poisson", "Tweedie")) else raw)


def raw_sums(ops: Ops, model: Any) -> str:
    """Return the sums of the trees, scaled, and the bias, (n, targets)."""
    dump = _dump(model)
    scale, bias = dump["scale_and_bias"]
    gaps = {
        one["flat_feature_index"]: one.get("nan_value_treatment") == "AsTrue"
        for one in dump["features_info"]["float_features"]
    }
    attributes: dict[str, Any] = {"n_targets": len(bias), "post_transform": "NONE"}
    for number, tree in enumerate(dump["oblivious_trees"]):
        _add(attributes, number, tree, gaps, len(bias))
    sums = ops("TreeEnsembleRegressor", ops.matrix(), domain="ai.onnx.ml", **attributes)
    return ops("Add", ops("Mul", sums, ops.const(float(scale))), ops.const(bias))


def _dump(model: Any) -> dict[str, Any]:
    dump: dict[str, Any] = json.loads(_written(model))
    if "oblivious_trees" not in dump or dump["features_info"].get("categorical_features"):
        raise NotImplementedError("trees that are not symmetric, or features that are no numbers")
    return dump


def _written(model: Any) -> bytes:
    """Return the model as JSON: CatBoost writes only files, and a sandbox may have no place for one."""
    if hasattr(os, "memfd_create"):  # on Linux
        with os.fdopen(os.memfd_create("model"), "rb") as file:
            model.save_model(f"/proc/self/fd/{file.fileno()}", format="json")
            return file.read()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return path.read_bytes()


def _add(
    attributes: dict[str, Any], number: int, tree: dict[str, Any], gaps: dict[int, bool], targets: int
) -> None:
    """Write a symmetric tree: node i has 2i + 1 and 2i + 2 below it; right is where the answer is yes."""
    splits = tree["splits"] or []
    depth = len(splits)
    level = np.floor(np.log2(np.arange(2 ** (depth + 1) - 1) + 1)).astype(int)
    leaf = level == depth
    feature = np.array([split["float_feature_index"] for split in splits] + [0])[level]
    threshold = np.array([split["border"] for split in splits] + [0.0]).astype(np.float32).astype(float)
    right = np.array([gaps.get(split["float_feature_index"], False) for split in splits] + [False])
    places = np.arange(len(leaf))
    ways = places * 2 + 1, places * 2 + 2, ~right[level]
    tree_nodes.add_nodes(attributes, number, leaf, feature, threshold[level], *ways, rounds=True)
    # From the root on, the first question is the lowest bit of a leaf's number.
    order = [int(format(i, f"0{depth}b")[::-1], 2) if depth else 0 for i in range(2**depth)]
    weights = np.array(tree["leaf_values"]).reshape(-1, targets)[order]
    tree_nodes.add_leaves(attributes, "target", number, np.flatnonzero(leaf), weights, 0)
