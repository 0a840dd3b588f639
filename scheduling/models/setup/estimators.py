"""The estimators that a recipe may name, and what each of their parameters may be.

As scikit-learn declares it; the web tier does not have it, and a test compares. `int`, `float`, `bool` and
`none` are kinds, `other` is whatever scikit-learn may take, and every other word is a text to choose.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

ESTIMATORS = {
    "DecisionTreeClassifier": "sklearn.tree",
    "DecisionTreeRegressor": "sklearn.tree",
    "ExtraTreesClassifier": "sklearn.ensemble",
    "ExtraTreesRegressor": "sklearn.ensemble",
    "GradientBoostingClassifier": "sklearn.ensemble",
    "GradientBoostingRegressor": "sklearn.ensemble",
    "HistGradientBoostingClassifier": "sklearn.ensemble",
    "HistGradientBoostingRegressor": "sklearn.ensemble",
    "LinearRegression": "sklearn.linear_model",
    "LogisticRegression": "sklearn.linear_model",
    "RandomForestClassifier": "sklearn.ensemble",
    "RandomForestRegressor": "sklearn.ensemble",
    "Ridge": "sklearn.linear_model",
}
LINEAR_REGRESSORS = ("LinearRegression", "Ridge")  # the names of all others say their task

_SEEDED = {"random_state": "int none"}
_TREE = _SEEDED | {
    "ccp_alpha": "float", "max_depth": "int none", "max_features": "int float log2 none sqrt",
    "max_leaf_nodes": "int none", "min_impurity_decrease": "float", "min_samples_leaf": "int float",
    "min_samples_split": "int float", "min_weight_fraction_leaf": "float",
}  # fmt: skip
_OF_CLASSES = {"criterion": "entropy gini log_loss", "class_weight": "other balanced none"}
_OF_NUMBERS = {"criterion": "absolute_error friedman_mse poisson squared_error"}
_CONSTRAINED = {"monotonic_cst": "other none"}
_SINGLE = _TREE | _CONSTRAINED | {"splitter": "best random"}
_FOREST = _TREE | _CONSTRAINED | {
    "bootstrap": "bool", "max_samples": "int float none", "n_estimators": "int", "n_jobs": "int none",
    "oob_score": "bool other", "verbose": "int bool", "warm_start": "bool",
}  # fmt: skip
_FOREST_OF_CLASSES = {**_FOREST, **_OF_CLASSES, "class_weight": "other balanced balanced_subsample none"}
_BOOSTED = _TREE | {
    "criterion": "friedman_mse squared_error", "init": "other none zero", "learning_rate": "float",
    "n_estimators": "int", "n_iter_no_change": "int none", "subsample": "float", "tol": "float",
    "validation_fraction": "float", "verbose": "int bool", "warm_start": "bool",
}  # fmt: skip
_LOSSES = "absolute_error quantile squared_error"
_HISTOGRAM = _SEEDED | _CONSTRAINED | {
    "categorical_features": "other from_dtype none", "early_stopping": "auto bool",
    "interaction_cst": "other no_interactions none pairwise", "l2_regularization": "float",
    "learning_rate": "float", "max_bins": "int", "max_depth": "int none", "max_features": "float",
    "max_iter": "int", "max_leaf_nodes": "int none", "min_samples_leaf": "int", "n_iter_no_change": "int",
    "scoring": "other none", "tol": "float", "validation_fraction": "int float none",
    "verbose": "int bool", "warm_start": "bool",
}  # fmt: skip
_LINEAR = {"copy_X": "bool", "fit_intercept": "bool", "positive": "bool", "tol": "float"}
_RIDGE = _SEEDED | {
    "alpha": "float other", "max_iter": "int none",
    "solver": "auto cholesky lbfgs lsqr sag saga sparse_cg svd",
}  # fmt: skip
_LOGISTIC = _SEEDED | {
    "C": "float", "class_weight": "other balanced none", "dual": "bool", "fit_intercept": "bool",
    "intercept_scaling": "float", "l1_ratio": "float none", "max_iter": "int", "n_jobs": "int none",
    "penalty": "deprecated elasticnet l1 l2 none",
    "solver": "lbfgs liblinear newton-cg newton-cholesky sag saga", "tol": "float", "verbose": "int bool",
    "warm_start": "bool",
}  # fmt: skip
PARAMETERS: dict[str, dict[str, str]] = {
    "DecisionTreeClassifier": _SINGLE | _OF_CLASSES,
    "DecisionTreeRegressor": _SINGLE | _OF_NUMBERS,
    "ExtraTreesClassifier": _FOREST_OF_CLASSES,
    "ExtraTreesRegressor": _FOREST | _OF_NUMBERS,
    "GradientBoostingClassifier": _BOOSTED | {"loss": "exponential log_loss"},
    "GradientBoostingRegressor": _BOOSTED | {"loss": f"{_LOSSES} huber", "alpha": "float"},
    "HistGradientBoostingClassifier": _HISTOGRAM
    | {"loss": "log_loss other", "class_weight": "other balanced none"},
    "HistGradientBoostingRegressor": _HISTOGRAM
    | {"loss": f"{_LOSSES} gamma poisson other", "quantile": "float none"},
    "LinearRegression": _LINEAR | {"n_jobs": "int none"},
    "LogisticRegression": _LOGISTIC,
    "RandomForestClassifier": _FOREST_OF_CLASSES,
    "RandomForestRegressor": _FOREST | _OF_NUMBERS,
    "Ridge": _LINEAR | _RIDGE,
}
WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "other": "a list in brackets"}


def estimators_for(task: str) -> list[str]:
    """Return the names of those for a task of a signature: `classification` or `regression`."""
    is_asked = task == "regression"
    return [one for one in ESTIMATORS if (one.endswith("Regressor") or one in LINEAR_REGRESSORS) is is_asked]


def problems_of(estimator: str, parameters: dict[str, list[Any]]) -> Iterator[str]:
    """Yield a sentence for each parameter that the estimator does not have, or not with such a value."""
    known = PARAMETERS[estimator]
    for name, values in parameters.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield f"{estimator} has no parameter {name}." + (f" Do you mean {near[0]}?" if near else "")
        elif wrong := [value for value in values if not _fits(value, known[name].split())]:
            yield f"{name} cannot be {wrong[0]}: use {in_words(known[name])}."


def _fits(value: Any, allowed: list[str]) -> bool:
    if "other" in allowed or isinstance(value, str):
        return "other" in allowed or value in allowed
    kinds = {bool: {"bool"}, int: {"int", "float"}, float: {"float"}, type(None): {"none"}}
    return bool(kinds.get(type(value), set()) & {*allowed})


def in_words(allowed: str) -> str:
    """Return what a parameter may be, for a page."""
    words = [WORDS.get(one, one) for one in allowed.split()]
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
