"""LightGBM's classifier and regressor, from the trees as the library itself writes them: all in 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting import tree_nodes
from predictions.registry.converting.estimators.boosters.boosting import of_two
from predictions.registry.converting.operations import Ops

EXPONENTIAL = ("poisson", "gamma", "tweedie")


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sums through a sigmoid or softmax."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    dump = _dump(model)
    objective, raw = dump["objective"].split(), raw_sums(ops, dump)
    if objective[0] == "binary":
        slope = next((float(one[8:]) for one in objective if one.startswith("sigmoid:")), 1.0)
        shares = of_two(ops, ops("Mul", raw, ops.const(slope)))
    elif objective[0] == "multiclass":
        shares = ops("Softmax", raw, axis=1)
    else:
        raise NotImplementedError(f"the objective {objective[0]}")
    ops.answer(shares, 1)
    ops.label(ops.most(shares), model.classes_)


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """The trees' sum, or its exponential."""
    ops, dump = Ops(scope, operator, container), _dump(operator.raw_operator)
    if dump["objective"].split()[0] in (*EXPONENTIAL, "cross_entropy", "cross_entropy_lambda"):
        if not dump["objective"].startswith(EXPONENTIAL):
            raise NotImplementedError("the objective cross_entropy")
        ops.answer(ops("Exp", raw_sums(ops, dump)))
    else:
        ops.answer(raw_sums(ops, dump))


def _dump(model: Any) -> dict[str, Any]:
    if callable(model.objective_) or model.booster_.params.get("linear_tree"):
        raise NotImplementedError("an objective of one's own, or linear trees")
    dump: dict[str, Any] = model.booster_.dump_model(num_iteration=model.best_iteration_ or None)
    if dump["pandas_categorical"] or dump["average_output"]:
        raise NotImplementedError("columns of pandas categories, or trees that are averaged")
    return dump


def raw_sums(ops: Ops, dump: dict[str, Any]) -> str:
    """Return the sums of the trees, (n, trees of a round)."""
    targets = dump["num_tree_per_iteration"]
    attributes: dict[str, Any] = {"n_targets": targets, "post_transform": "NONE"}
    for number, tree in enumerate(dump["tree_info"]):
        _add(attributes, number, _flat(tree["tree_structure"]), number % targets)
    return ops("TreeEnsembleRegressor", ops.matrix(), domain="ai.onnx.ml", **attributes)


def _flat(root: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of a tree, each before those below it, with the places of these."""
    nodes, waiting = [root], [root]
    while waiting:
        node = waiting.pop()
        for side in ("left_child", "right_child"):
            if side in node:
                node[f"{side}_at"] = len(nodes)
                nodes.append(node[side])
                waiting.append(node[side])
    return nodes


def _add(attributes: dict[str, Any], number: int, nodes: list[dict[str, Any]], target: int) -> None:
    inner = [node for node in nodes if "split_feature" in node]
    if any(node["decision_type"] != "<=" or node["missing_type"] == "Zero" for node in inner):
        raise NotImplementedError("splits by categories, or zeros that stand for gaps")

    def column(name: str, default: Any = 0) -> np.ndarray:
        return np.array([node.get(name, default) for node in nodes])

    leaf = column("split_feature", -1) < 0
    threshold = column("threshold", 0.0).astype(float)
    # A gap is 0 where the training rows had none.
    gaps = np.where(column("missing_type", "") == "NaN", column("default_left"), threshold >= 0)
    ways = column("left_child_at"), column("right_child_at"), gaps
    tree_nodes.add_nodes(attributes, number, leaf, column("split_feature"), threshold, *ways)
    weights = column("leaf_value", 0.0).astype(float)[leaf][:, None]
    tree_nodes.add_leaves(attributes, "target", number, np.flatnonzero(leaf), weights, target)
