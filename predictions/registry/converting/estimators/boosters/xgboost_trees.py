"""XGBoost's classifier and regressor, from the trees as the library itself writes them.

It reads the features, and keeps thresholds, as numbers of 32 bits.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.estimators.boosters.boosting import of_two
from predictions.registry.converting.operations import Ops

EXPONENTIAL = ("count:poisson", "reg:gamma", "reg:tweedie")
PLAIN = ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror")


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sums through a sigmoid or softmax."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    learner = _learner(model)
    name = learner["objective"]["name"]
    if name == "binary:logistic":
        shares = of_two(ops, raw_sums(ops, learner, base=lambda p: np.log(p / (1 - p))))
    elif name in ("multi:softprob", "multi:softmax"):
        shares = ops("Softmax", raw_sums(ops, learner), axis=1)
    else:
        raise NotImplementedError(f"the objective {name}")
    ops.answer(shares, 1)
    ops.label(ops.most(shares), np.asarray(model.classes_))


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sum, or its exponential."""
    ops, learner = Ops(scope, operator, container), _learner(operator.raw_operator)
    name = learner["objective"]["name"]
    if name in EXPONENTIAL:
        ops.answer(ops("Exp", raw_sums(ops, learner, base=np.log)))
    elif name in PLAIN:
        ops.answer(raw_sums(ops, learner))
    else:
        raise NotImplementedError(f"the objective {name}")


def _learner(model: Any) -> dict[str, Any]:
    booster = model.get_booster()
    if booster.attr("best_iteration") is not None:
        booster = booster[: int(booster.attr("best_iteration")) + 1]
    learner: dict[str, Any] = json.loads(bytes(booster.save_raw("json")))["learner"]
    if learner["gradient_booster"]["name"] != "gbtree" or not np.isnan(model.missing):
        raise NotImplementedError("another booster than gbtree, or a number that stands for a gap")
    return learner


def raw_sums(ops: Ops, learner: dict[str, Any], *, base: Any = lambda score: score) -> str:
    """Return the sums of the trees and the base score, (n, targets)."""
    trees = learner["gradient_booster"]["model"]
    targets = max(1, int(learner["learner_model_param"]["num_class"]))
    attributes: dict[str, Any] = {"n_targets": targets, "post_transform": "NONE"}
    for number, (tree, target) in enumerate(zip(trees["trees"], trees["tree_info"], strict=True)):
        if tree["categories"] or int(tree["tree_param"]["size_leaf_vector"]) > 1:
            raise NotImplementedError("splits by categories, or several outputs of a tree")
        left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
        leaf, values = left < 0, np.array(tree["split_conditions"], dtype=np.float32)
        # What is below a number of 32 bits is at most the number before it.
        most = np.nextafter(values, np.float32(-np.inf)).astype(float)
        ways = most, left, right, np.array(tree["default_left"])
        feature = np.array(tree["split_indices"])
        tree_nodes.add_nodes(attributes, number, leaf, feature, *ways, rounds=True)
        places = np.flatnonzero(leaf)
        tree_nodes.add_leaves(
            attributes, "target", number, places, values.astype(float)[leaf][:, None], target
        )
    sums = ops("TreeEnsembleRegressor", ops.matrix(), domain="ai.onnx.ml", **attributes)
    score = learner["learner_model_param"]["base_score"].strip("[]")
    start = base(np.array([float(one) for one in score.split(",")], dtype=np.float32))
    return ops("Add", sums, ops.const(start))
