"""From a file that `container` found sound to the estimator in it: types from a list, contents audited."""

from importlib.metadata import version
from typing import Any

from predictions.registry.refusals import kind_in_words, listed, raise_if_out_of_memory
from scheduling.uploads.refusals import Refused
from scheduling.uploads.schema import Schema

# Beyond what skops trusts by default. Trees are audited below: crafted indices crash scikit-learn.
TRUSTED = {"sklearn.tree._tree.Tree", "numpy.dtype"}
OURS = ("sklearn", "numpy", "scipy", "builtins")


def open_skops(content: bytes, schema: Schema) -> Any:
    """Return the fitted estimator in the file. Raises `Refused`."""
    from sklearn.base import BaseEstimator
    from skops.io import get_untrusted_types, loads

    try:
        untrusted = set(get_untrusted_types(data=content))
        refuse_types(untrusted - TRUSTED, schema)
        estimator = loads(content, trusted=sorted(untrusted))
        if not isinstance(estimator, BaseEstimator):
            raise Refused("no_model", what=f"a {type(estimator).__name__}")
        refuse_parameters(estimator.get_params(deep=True))
        for tree in trees_in(estimator):
            refuse_tree(tree)
    except Refused:
        raise
    except Exception as error:  # skops and scikit-learn raise whatever they meet in a crafted file
        raise_if_out_of_memory(error)
        cause, ours = kind_in_words(error), version("skops")
        if schema.skops.split(".")[:2] != ours.split(".")[:2]:
            raise Refused("other_skops", theirs=schema.skops, ours=ours, cause=cause) from error
        raise Refused("unreadable", cause=cause) from error
    return estimator


def refuse_types(names: set[str], schema: Schema) -> None:
    """Refuse a file that needs more types than are trusted; the types show what the file is."""
    if not names:
        return
    if schema.searches:
        raise Refused("search", name=min(schema.searches))
    roots = {name: name.partition(".")[0] for name in sorted(names)}
    if foreign := [name for name, root in roots.items() if root not in OURS]:
        raise Refused("foreign_library", names=listed(foreign, 3))
    if functions := [name for name, root in roots.items() if root != "sklearn"]:
        raise Refused("function", names=listed(functions, 3))
    raise Refused("unchecked_type", name=schema.name, names=listed(name.rpartition(".")[2] for name in roots))


def refuse_parameters(params: dict[str, Any]) -> None:
    """Refuse settings that make trusted types read files, write caches or start processes."""
    for name, value in params.items():
        last = name.rsplit("__", 1)[-1]
        if last == "input" and value != "content":
            raise Refused("reads_files", name=name, value=str(value))
        if last == "memory" and value is not None:
            raise Refused("writes_files", name=name)
        if last == "n_jobs" and value not in (None, 1):
            raise Refused("starts_processes", name=name, value=str(value))
        if callable(value) and not isinstance(value, type) and not hasattr(value, "get_params"):
            raise Refused("function_parameter", name=name)


def trees_in(value: Any, seen: set[int] | None = None) -> list[Any]:
    """Return every decision tree inside an object, at any depth."""
    from sklearn.tree._tree import Tree

    seen = set() if seen is None else seen
    if id(value) in seen:
        return []
    seen.add(id(value))
    if isinstance(value, Tree):
        return [value]
    if isinstance(value, dict):
        inner: Any = value.values()
    elif isinstance(value, list | tuple | set) or getattr(value, "dtype", None) == "object":
        inner = list(getattr(value, "flat", value))
    else:
        inner = getattr(value, "__dict__", {}).values()
    return [tree for item in inner for tree in trees_in(item, seen)]


def refuse_tree(tree: Any) -> None:
    """Refuse indices that point outside the arrays or form a circle: scikit-learn would crash or hang."""
    import numpy as np

    count = tree.node_count
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    if not len(left) == len(right) == len(feature) == len(tree.threshold) == len(tree.value) == count:
        raise Refused("crafted_tree", fault="has arrays of different lengths")
    leaf = left == -1
    if not np.array_equal(leaf, right == -1):
        raise Refused("crafted_tree", fault="has a node with only one child")
    inside = ~leaf
    for children in (left[inside], right[inside]):
        if (children <= np.flatnonzero(inside)).any() or (children >= count).any():
            raise Refused("crafted_tree", fault="has a node whose child does not come after it")
    if (feature[inside] < 0).any() or (feature[inside] >= tree.n_features).any():
        raise Refused("crafted_tree", fault="uses a feature that does not exist")
