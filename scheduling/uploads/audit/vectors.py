"""Support vectors, coefficients, layers, centres: compiled code multiplies them by their stated shapes."""

from typing import Any

import numpy as np

from scheduling.uploads.audit.parts import has_fitted, refuse_unless

FAULT = "has arrays whose shapes do not agree"


def refuse_support_vectors(model: Any) -> None:
    """Refuse what libsvm would read beyond the end of."""
    if not has_fitted(model, "support_vectors_", "_n_support", "_dual_coef_"):
        return
    vectors, coefficients = model.support_vectors_, model._dual_coef_
    count, is_classifier = len(model.support_), model._impl in ("c_svc", "nu_svc")
    classes = len(model.classes_) if is_classifier else 2
    pairs = classes * (classes - 1) // 2
    width = model.shape_fit_[0] if model.kernel == "precomputed" else model.n_features_in_
    is_empty = model.kernel == "precomputed" and np.size(vectors) == 0
    agree = [
        is_empty or vectors.shape == (count, width),
        coefficients.shape == (classes - 1, count),
        np.shape(model._intercept_) == (pairs,),
        len(model._n_support) == 2 if not is_classifier else len(model._n_support) == classes,
        bool((np.asarray(model._n_support) >= 0).all()),
        not is_classifier or int(np.sum(model._n_support)) == count,
        _is_probability(model._probA, pairs) and _is_probability(model._probB, pairs),
    ]
    refuse_unless(all(agree), model, FAULT)
    for array in (vectors, coefficients, model._intercept_):
        refuse_infinite(model, array)


def _is_probability(array: Any, pairs: int) -> bool:
    return np.shape(array) in ((0,), (1,), (pairs,))


def refuse_coefficients(model: Any) -> None:
    """Refuse coefficients of a linear model that are not one for each feature."""
    if not has_fitted(model, "coef_", "n_features_in_"):
        return
    shape = model.coef_.shape
    rows = shape[0] if len(shape) == 2 else 1
    counts = {1, rows}
    refuse_unless(len(shape) in (1, 2) and shape[-1] == model.n_features_in_, model, FAULT)
    refuse_unless(np.size(getattr(model, "intercept_", 0.0)) in counts, model, FAULT)
    if has_fitted(model, "classes_") and not isinstance(model.classes_, list):
        classes = len(model.classes_)
        refuse_unless(rows in (classes, 1 if classes <= 2 else classes), model, FAULT)
    refuse_infinite(model, model.coef_)


def refuse_layers(model: Any) -> None:
    """Refuse a neural network whose layers do not fit together."""
    if not has_fitted(model, "coefs_"):
        return
    width = model.n_features_in_
    refuse_unless(len(model.coefs_) == len(model.intercepts_) > 0, model, FAULT)
    for weights, shifts in zip(model.coefs_, model.intercepts_, strict=True):
        is_sound = weights.ndim == 2 and weights.shape[0] == width and shifts.shape == weights.shape[1:]
        refuse_unless(is_sound, model, FAULT)
        refuse_infinite(model, weights)
        width = weights.shape[1]


def refuse_centres(model: Any) -> None:
    """Refuse centres of clusters in another space than the rows."""
    if has_fitted(model, "cluster_centers_"):
        is_sound = model.cluster_centers_.shape == (model.n_clusters, model.n_features_in_)
        refuse_unless(is_sound, model, FAULT)


def refuse_infinite(model: Any, array: Any) -> None:
    """Refuse numbers that are not finite, in a dense or a sparse array."""
    numbers = array.data if hasattr(array, "tocsr") else array
    refuse_unless(np.isfinite(np.asarray(numbers, dtype="float64")).all(), model, "has infinite numbers")
