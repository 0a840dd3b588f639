"""A fitted estimator made ready for the converter, on a copy: nobody sees the changes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
INSIDE = dict.fromkeys(SEARCHES, "best_estimator_") | {"SelfTrainingClassifier": "estimator_"}
LIKE_ESTIMATORS = ("_CalibratedClassifier", "CatBoostClassifier", "CatBoostRegressor")
Done = dict[int, tuple[Any, Any]]  # (original, copy), by the original's id


def prepared(estimator: Any) -> Any:
    """Return a copy in which searches are what they found, and columns are picked by their positions."""
    return _copy(estimator, {})


def parts_of(estimator: Any) -> list[Any]:
    """Return the estimator and all that it consists of."""
    done: Done = {}
    _copy(estimator, done)
    return [original for original, _ in done.values()]


def _copy(value: Any, done: Done) -> Any:
    """Copy estimators and what holds them, but none of their arrays."""
    from sklearn.base import BaseEstimator

    if id(value) in done:
        return done[id(value)][1]
    if isinstance(value, BaseEstimator) or type(value).__name__ in LIKE_ESTIMATORS:
        return _copied(value, done)
    if isinstance(value, dict):
        of_dict = copy.copy(value)
        of_dict.update({name: _copy(one, done) for name, one in value.items()})
        return of_dict
    if type(value) in (list, tuple):
        return type(value)(_copy(one, done) for one in value)
    if isinstance(value, np.ndarray) and value.size and isinstance(value.flat[0], BaseEstimator):
        of_array = np.empty_like(value)
        for place, one in np.ndenumerate(value):
            of_array[place] = _copy(one, done)
        return of_array
    return value


def _copied(estimator: Any, done: Done) -> Any:
    name = type(estimator).__name__ if type(estimator).__module__.startswith("sklearn.") else ""
    if name in INSIDE and hasattr(estimator, INSIDE[name]):
        return _copy(getattr(estimator, INSIDE[name]), done)
    made = copy.copy(estimator)
    done[id(estimator)] = (estimator, made)
    for attribute, value in vars(estimator).items():
        made.__dict__[attribute] = _copy(value, done)
    if name == "VotingClassifier":
        made.flatten_transform = False  # of `transform`, which nobody asks
        weights = estimator._weights_not_none  # a list, where the converter needs an array
        made.weights = None if weights is None else np.asarray(weights, dtype=float)
    if name == "ColumnTransformer" and hasattr(estimator, "_transformer_to_input_indices"):
        made.transformers_ = _by_position(made)
    return made


def _by_position(transformer: Any) -> list[tuple[str, Any, Any]]:
    """Return its fitted transformers with positions instead of names, slices and masks."""
    places = transformer._transformer_to_input_indices
    return [(name, one, list(map(int, places[name]))) for name, one, _ in transformer.transformers_]
