"""What XGBoost has read, written out as its JSON: each tree is walked before the first prediction."""

from typing import Any

import numpy as np

from scheduling.uploads.refusals import Refused

MOST_CATEGORY = 2**24  # as XGBoost has it
PER_NODE = (
    "left_children",
    "right_children",
    "split_indices",
    "split_conditions",
    "default_left",
    "split_type",
)


def refuse_model(written: dict[str, Any]) -> None:
    """Raise `Refused` unless the trees of an XGBoost model are trees, over features that exist."""
    try:
        learner = written["learner"]
        is_sound = _is_sound(learner["gradient_booster"], learner["learner_model_param"])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError):
        is_sound = False
    if not is_sound:
        raise Refused("crafted", name="XGBoost booster", fault="has a tree that is not one")


def _is_sound(booster: dict[str, Any], params: dict[str, str]) -> bool:
    features, groups = int(params["num_feature"]), max(1, int(params["num_class"]))
    if int(params["num_target"]) != 1:
        return False
    if booster["name"] == "gblinear":
        return len(booster["model"]["weights"]) == (features + 1) * groups
    dropped = booster.get("weight_drop")
    model = booster["gbtree"]["model"] if booster["name"] == "dart" else booster["model"]
    trees, groups_of, rounds = (
        model["trees"],
        _integers(model["tree_info"]),
        _integers(model["iteration_indptr"]),
    )
    is_sound = len(groups_of) == len(trees) and bool(((groups_of >= 0) & (groups_of < groups)).all())
    is_sound = is_sound and rounds[0] == 0 and rounds[-1] == len(trees) and bool((np.diff(rounds) >= 0).all())
    is_sound = is_sound and (dropped is None or len(dropped) == len(trees))
    return is_sound and all(_is_tree(tree, features) for tree in trees)


def _is_tree(tree: dict[str, Any], features: int) -> bool:
    """Whether no node has two parents, and none leads back to the root: what is left is a tree."""
    count = int(tree["tree_param"]["num_nodes"])
    if int(tree["tree_param"]["size_leaf_vector"]) > 1 or count < 1:
        return False
    if any(len(tree[name]) != count for name in PER_NODE):
        return False
    left, right, feature = (_integers(tree[name]) for name in PER_NODE[:3])
    inside = left != -1
    children = np.concatenate([left[inside], right[inside]])
    is_sound = bool(((children > 0) & (children < count)).all())
    is_sound = is_sound and len(np.unique(children)) == len(children)
    is_sound = is_sound and bool(((feature[inside] >= 0) & (feature[inside] < features)).all())
    is_sound = is_sound and not np.isnan(np.array(tree["split_conditions"], dtype="float64")).any()
    by_category = inside & (_integers(tree["split_type"]) != 0)
    return is_sound and _has_categories(tree, set(np.flatnonzero(by_category).tolist()))


def _has_categories(tree: dict[str, Any], by_category: set[int]) -> bool:
    """Whether each split by category has its part of the list of categories."""
    starts, sizes = _integers(tree["categories_segments"]), _integers(tree["categories_sizes"])
    nodes, categories = tree["categories_nodes"], _integers(tree["categories"])
    is_sound = by_category <= set(nodes) and len(nodes) == len(set(nodes)) == len(starts) == len(sizes)
    is_sound = is_sound and bool(((starts >= 0) & (sizes >= 0) & (starts + sizes <= len(categories))).all())
    return is_sound and bool(((categories >= 0) & (categories < MOST_CATEGORY)).all())


def _integers(values: Any) -> Any:
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iub"):
        raise ValueError(array.dtype)
    return array.astype("int64")
