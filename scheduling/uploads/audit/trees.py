"""Trees, forests and boosting: every index in their nodes is followed without a look at the bounds."""

from typing import Any

import numpy as np

from scheduling.uploads.audit.parts import has_fitted, refuse_unless

BITSET = (8,)  # of 32 bits each: 256 categories


def refuse_tree(tree: Any) -> None:
    """Refuse indices that point outside the arrays or form a circle: scikit-learn would crash or hang."""
    count = tree.node_count
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    lengths = {len(left), len(right), len(feature), len(tree.threshold), len(tree.value)}
    refuse_unless(count > 0 and lengths == {count}, tree, "has arrays of different lengths")
    inside = left != -1
    refuse_unless(np.array_equal(inside, right != -1), tree, "has a node with only one child")
    _refuse_children(tree, np.flatnonzero(inside), left[inside], right[inside], count)
    _refuse_features(tree, feature[inside], tree.n_features)
    refuse_unless(not np.isnan(tree.threshold).any(), tree, "has a threshold that is not a number")


def _refuse_children(part: Any, nodes: Any, left: Any, right: Any, count: int) -> None:
    for children in (left, right):
        follows = (children > nodes).all() and (children < count).all()
        refuse_unless(follows, part, "has a node whose child does not come after it")


def _refuse_features(part: Any, features: Any, count: int) -> None:
    is_known = (features >= 0).all() and (features < count).all()
    refuse_unless(is_known, part, "uses a feature that does not exist")


def refuse_tree_estimator(estimator: Any) -> None:
    """Refuse a tree that reads more columns than its estimator checks for."""
    if has_fitted(estimator, "tree_"):
        is_same = estimator.tree_.n_features == estimator.n_features_in_
        refuse_unless(is_same, estimator, "has a tree for another number of features")


def refuse_forest(forest: Any) -> None:
    """Refuse trees for other columns than the forest's: its rows go to all of them unchecked."""
    if not has_fitted(forest, "estimators_"):
        return
    from sklearn.tree import BaseDecisionTree

    trees = list(np.asarray(forest.estimators_, dtype="object").flat)
    subsets = getattr(forest, "estimators_features_", None)  # of an isolation forest
    counts = [forest.n_features_in_] * len(trees) if subsets is None else [len(one) for one in subsets]
    is_sound = len(trees) == len(counts) > 0 and all(
        isinstance(tree, BaseDecisionTree) and tree.n_features_in_ == tree.tree_.n_features == count
        for tree, count in zip(trees, counts, strict=True)
    )
    refuse_unless(is_sound, forest, "has a tree for another number of features")


def refuse_gradient_boosting(model: Any) -> None:
    """Refuse more trees in a stage than the answers have columns: each writes into a column of its own."""
    refuse_forest(model)
    if has_fitted(model, "estimators_"):
        start = model._raw_predict_init(np.zeros((1, model.n_features_in_), dtype="float32"))
        is_sound = np.ndim(model.estimators_) == 2 and start.shape == (1, model.estimators_.shape[1])
        refuse_unless(is_sound, model, "has stages with another number of trees")


def refuse_hist_gradient_boosting(model: Any) -> None:
    """Refuse nodes, bitsets and categories that lead outside of the arrays."""
    if not has_fitted(model, "_predictors"):
        return
    mapper, count = model._bin_mapper, model.n_features_in_
    categorical = np.asarray(mapper.is_categorical_, dtype=bool)
    is_sound = categorical.shape == (count,) and len(mapper.bin_thresholds_) == count
    refuse_unless(is_sound, model, "describes another number of features")
    for feature in np.flatnonzero(categorical):
        known = np.asarray(mapper.bin_thresholds_[feature])
        is_sound = known.ndim == 1 and ((known >= 0) & (known < 256)).all()
        refuse_unless(is_sound, model, "has a category that is not a number from 0 to 255")
    most = model.n_trees_per_iteration_
    for stage in model._predictors:
        refuse_unless(len(stage) == most, model, "has stages with another number of trees")
        for predictor in stage:
            refuse_predictor(predictor, categorical)


def refuse_predictor(predictor: Any, categorical: Any) -> None:
    """Refuse a tree of histogram gradient boosting whose indices lead astray."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

    nodes, bitsets = predictor.nodes, predictor.raw_left_cat_bitsets
    is_sound = nodes.dtype == PREDICTOR_RECORD_DTYPE and nodes.ndim == 1 and len(nodes) > 0
    refuse_unless(is_sound, predictor, "has nodes of another kind")
    is_sound = bitsets.dtype == "uint32" and bitsets.shape == (len(bitsets), *BITSET)
    refuse_unless(is_sound, predictor, "has bitsets of another kind")
    inside = np.flatnonzero(nodes["is_leaf"] == 0)
    split = nodes[inside]
    _refuse_children(predictor, inside, split["left"], split["right"], len(nodes))
    _refuse_features(predictor, split["feature_idx"], len(categorical))
    by_category = split[split["is_categorical"] != 0]
    is_sound = (by_category["bitset_idx"] < len(bitsets)).all()
    is_sound = is_sound and categorical[by_category["feature_idx"]].all()
    refuse_unless(is_sound, predictor, "uses categories that it does not describe")
    refuse_unless(not np.isnan(nodes["value"]).any(), predictor, "has a value that is not a number")
