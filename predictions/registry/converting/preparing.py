"""A fitted estimator made ready for the converter, on a copy: nobody sees the changes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

SEARCHES = {"GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"}
INSIDE = dict.fromkeys(SEARCHES, "best_estimator_") | {"SelfTrainingClassifier": "estimator_"}


def prepared(estimator: Any) -> Any:
    """Return a copy in which searches are what they found, and columns are picked by their positions."""
    return _copy(estimator, {})


def parts_of(estimator: Any) -> list[Any]:
    """Return the estimator and all that it consists of."""
    seen: dict[int, Any] = {}
    _copy(estimator, seen)
    return [original for original, _ in seen.values()]


def _copy(value: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    """Copy estimators and what holds them, but none of their arrays; `done` keeps (original, copy) by id."""
    from sklearn.base import BaseEstimator

    if id(value) in done:
        return done[id(value)][1]
    if isinstance(value, BaseEstimator) or type(value).__name__ == "_CalibratedClassifier":
        return _copied_estimator(value, done)
    if isinstance(value, dict):
        made = copy.copy(value)
        made.update({name: _copy(one, done) for name, one in value.items()})
        return made
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(_copy(one, done) for one in value)
    if isinstance(value, np.ndarray) and value.dtype == object and value.size:
        if isinstance(value.flat[0], BaseEstimator):
            made = np.empty_like(value)
            made.flat = [_copy(one, done) for one in value.flat]
            return made
    return value


def _copied_estimator(estimator: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    name = type(estimator).__name__
    is_known = type(estimator).__module__.startswith("sklearn.")
    if is_known and name in INSIDE and hasattr(estimator, INSIDE[name]):
        return _copy(getattr(estimator, INSIDE[name]), done)
    made = copy.copy(estimator)
    done[id(estimator)] = (estimator, made)
    for attribute, value in vars(estimator).items():
        made.__dict__[attribute] = _copy(value, done)
    if is_known and name == "VotingClassifier":
        made.flatten_transform = False  # of `transform`, which nobody asks
    if is_known and name == "ColumnTransformer" and hasattr(estimator, "_transformer_to_input_indices"):
        made.transformers_ = _by_position(made)
    return made


def _by_position(transformer: Any) -> list[tuple[str, Any, Any]]:
    """Return its fitted transformers with positions instead of names, slices and masks."""
    places = transformer._transformer_to_input_indices
    return [(name, one, list(map(int, places[name]))) for name, one, _ in transformer.transformers_]
