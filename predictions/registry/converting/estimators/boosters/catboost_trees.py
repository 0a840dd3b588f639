"""CatBoost's classifier and regressor, from the trees as the library itself writes them.

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
from predictions.registry.converting.estimators.boosters.boosting import of_two
from predictions.registry.converting.estimators.boosters.catboost_categories import Categories, rows_of
from predictions.registry.converting.operations import Ops
from predictions.registry.refusals import NotCompilable, listed, shown

KNOWN = "served_categories_"  # by the place of a column, set on a model whose signature lists them


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
    categories = Categories(dump, getattr(model, KNOWN, {}))
    for place in categories.strangers():
        names = {"feature": shown(model.feature_names_[place], 100), "ours": listed(categories.known[place])}
        raise NotCompilable("no_category_known", model, **names)
    scale, bias = dump["scale_and_bias"]
    gaps = {
        one["feature_index"]: one.get("nan_value_treatment") == "AsTrue"
        for one in dump["features_info"]["float_features"]
    }
    attributes: dict[str, Any] = {"n_targets": len(bias), "post_transform": "NONE"}
    for number, tree in enumerate(dump["oblivious_trees"]):
        _add(attributes, number, tree, categories, gaps, len(bias))
    matrix = categories.write(ops) if categories.columns else ops.matrix()
    sums = ops("TreeEnsembleRegressor", matrix, domain="ai.onnx.ml", **attributes)
    return ops("Add", ops("Mul", sums, ops.const(float(scale))), ops.const(bias))


def _dump(model: Any) -> dict[str, Any]:
    known = getattr(model, KNOWN, {})
    dump: dict[str, Any] = json.loads(_written(model, pool=_pool(model, known) if known else None))
    listed = {"float_features": [], "categorical_features": []} | dump["features_info"]
    dump["features_info"] = listed
    if "oblivious_trees" not in dump:
        raise NotImplementedError("trees that are not symmetric")
    if len(listed["categorical_features"]) != len(known):
        raise NotImplementedError("categories that the signature does not list")
    return dump


def _pool(model: Any, known: dict[int, tuple[str, ...]]) -> Any:
    """Return rows with all categories: CatBoost writes the hashes of those that it is shown."""
    import catboost
    import pandas as pd

    rows = pd.DataFrame(rows_of(known, len(model.feature_names_)), columns=model.feature_names_)
    return catboost.Pool(rows, cat_features=[*known])


def _written(model: Any, *, pool: Any = None) -> bytes:
    """Return the model as JSON: CatBoost writes only files, and a sandbox may have no place for one."""
    if hasattr(os, "memfd_create"):  # on Linux
        with os.fdopen(os.memfd_create("model"), "rb") as file:
            model.save_model(f"/proc/self/fd/{file.fileno()}", format="json", pool=pool)
            return file.read()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json", pool=pool)
        return path.read_bytes()


def _add(
    attributes: dict[str, Any], number: int, tree: dict[str, Any], categories: Categories,
    gaps: dict[int, bool], targets: int,
) -> None:  # fmt: skip
    """Write a symmetric tree: node i has 2i + 1 and 2i + 2 below it; right is where the answer is yes."""
    splits = tree["splits"] or []
    depth = len(splits)
    level = np.floor(np.log2(np.arange(2 ** (depth + 1) - 1) + 1)).astype(int)
    leaf = level == depth
    asked = [*map(categories.column_of, splits), (0, 0.0)]
    feature = np.array([column for column, _ in asked])[level]
    threshold = np.array([border for _, border in asked]).astype(np.float32).astype(float)
    right = np.array([gaps.get(split.get("float_feature_index"), False) for split in splits] + [False])
    places = np.arange(len(leaf))
    ways = places * 2 + 1, places * 2 + 2, ~right[level]
    tree_nodes.add_nodes(attributes, number, leaf, feature, threshold[level], *ways, rounds=True)
    # From the root on, the first question is the lowest bit of a leaf's number.
    order = [int(format(i, f"0{depth}b")[::-1], 2) if depth else 0 for i in range(2**depth)]
    weights = np.array(tree["leaf_values"]).reshape(-1, targets)[order]
    tree_nodes.add_leaves(attributes, "target", number, np.flatnonzero(leaf), weights, 0)
