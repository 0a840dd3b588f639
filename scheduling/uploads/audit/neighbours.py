"""Nearest neighbours: the rows are checked, and the search trees over them are built again."""

from typing import Any

import numpy as np

from scheduling.uploads.audit.parts import has_fitted, refuse_unless

METHODS = ("kd_tree", "ball_tree", "brute")


def rebuild_neighbours(model: Any) -> None:
    """Refuse rows of other shapes, and build the search tree as `fit` does. Raises `Refused`.

    A stored tree is a handful of arrays of indices into one another; building it again costs less than to
    prove that they agree, and gives the same answers.
    """
    if not has_fitted(model, "_fit_X"):
        return
    rows, method = model._fit_X, model._fit_method
    is_sound = np.ndim(rows) == 2 or getattr(rows, "ndim", 0) == 2
    is_sound = is_sound and rows.shape == (model.n_samples_fit_, model.n_features_in_) and rows.shape[0] > 0
    is_sound = is_sound and rows.dtype.kind in "fiub"
    refuse_unless(is_sound, model, "has training rows of another shape")
    numbers = np.asarray(rows.data if hasattr(rows, "tocsr") else rows)
    is_sound = np.isfinite(numbers) | (np.isnan(numbers) & (model.effective_metric_ == "nan_euclidean"))
    refuse_unless(is_sound.all(), model, "has training rows that are not finite")
    refuse_unless(method in METHODS, model, "searches in a way that scikit-learn does not know")
    refuse_unless(isinstance(model.effective_metric_, str), model, "has a metric of its own")
    _refuse_labels(model)
    model._tree = _tree_of(model)


def _tree_of(model: Any) -> Any:
    from sklearn.neighbors import BallTree, KDTree

    if model._fit_method == "brute":
        return None
    build = {"kd_tree": KDTree, "ball_tree": BallTree}[model._fit_method]
    metric, how = model.effective_metric_, model.effective_metric_params_
    return build(np.asarray(model._fit_X), model.leaf_size, metric=metric, **how)


def _refuse_labels(model: Any) -> None:
    """Refuse labels of neighbours that are no positions in `classes_`: their votes are counted there."""
    if not has_fitted(model, "_y", "classes_"):
        return
    labels, classes = np.asarray(model._y), model.classes_
    several = model.outputs_2d_ if has_fitted(model, "outputs_2d_") else False
    counts = [len(one) for one in classes] if several else [len(classes)]
    columns = labels.reshape(len(labels), -1).T if labels.ndim else labels
    is_sound = labels.dtype.kind in "iu" and len(labels) == model._fit_X.shape[0]
    is_sound = is_sound and len(columns) == len(counts)
    is_sound = is_sound and all(
        ((column >= 0) & (column < count)).all() for column, count in zip(columns, counts, strict=True)
    )
    refuse_unless(is_sound, model, "has labels that are not among its classes")
