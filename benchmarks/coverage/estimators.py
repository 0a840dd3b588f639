"""All of scikit-learn's classifiers, regressors and outlier detectors, fitted on drawn rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

FEATURES = 10
NAMES = [f"x{i}" for i in range(FEATURES)]
POSITIVE = {"CategoricalNB", "ComplementNB", "MultinomialNB"}
ABOVE_ZERO = {"GammaRegressor", "PoissonRegressor", "TweedieRegressor"}
ONE_FEATURE = {"IsotonicRegression"}
SETTINGS: dict[str, dict[str, Any]] = {
    "CCA": {"n_components": 1}, "PLSCanonical": {"n_components": 1}, "PLSRegression": {"n_components": 1},
    "IsotonicRegression": {"out_of_bounds": "clip"},
    "LocalOutlierFactor": {"novelty": True},
    "LabelPropagation": {"gamma": 0.5}, "LabelSpreading": {"gamma": 0.5},
    "RadiusNeighborsClassifier": {"radius": 8.0, "outlier_label": "most_frequent"},
    "RadiusNeighborsRegressor": {"radius": 8.0},
}  # fmt: skip
BOUNDS = {
    "CategoricalNB": {"minimum": 0.0, "maximum": 2.0},
    "RadiusNeighborsClassifier": {"minimum": -1.5, "maximum": 1.5},
    "RadiusNeighborsRegressor": {"minimum": -1.5, "maximum": 1.5},
}
TWO_CLASSES = {"FixedThresholdClassifier", "TunedThresholdClassifierCV"}
SEVERAL = {"MultiOutputClassifier", "MultiOutputRegressor", "ClassifierChain", "RegressorChain"}
SEVERAL_OUTPUTS = SEVERAL | {
    "MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV", "CCA",
    "PLSCanonical",
}  # fmt: skip


def rows(count: int, *, seed: int, labels: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return features on a grid, which makes ties, and the label or value of each row."""
    random = np.random.default_rng(seed)
    step = 10 if seed == 0 else 100
    features = (random.normal(size=(count, FEATURES)) * step).round() / step
    score = (
        features[:, 0] * 2
        + features[:, 1] * features[:, 2]
        + np.sin(features[:, 3])
        + random.normal(size=count)
    )
    if not labels:
        return pd.DataFrame(features, columns=NAMES), score
    edges = np.quantile(score, np.linspace(0, 1, labels + 1)[1:-1])
    return pd.DataFrame(features, columns=NAMES), np.digitize(score, edges)


def every_estimator() -> Iterator[tuple[str, str]]:
    """Yield (name, kind) of each."""
    from sklearn.base import OutlierMixin
    from sklearn.utils import all_estimators

    for kind in ("classifier", "regressor"):
        yield from ((name, kind) for name, _ in all_estimators(type_filter=kind))
    yield from ((name, "outlier") for name, one in all_estimators() if issubclass(one, OutlierMixin))


def made(name: str) -> Any:
    """Return one with its default settings, and the parts that it must have."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.tree import DecisionTreeRegressor
    from sklearn.utils import all_estimators

    estimator = dict(all_estimators())[name]
    inner = Ridge() if "Regressor" in name or name == "RegressorChain" else LogisticRegression()
    if name.startswith(("Stacking", "Voting")):
        second = DecisionTreeRegressor(max_depth=4) if "Regressor" in name else _tree()
        return estimator(estimators=[("a", inner), ("b", second)])
    needed = set(estimator.__init__.__code__.co_varnames[1:2])
    optional = name.startswith(("AdaBoost", "Bagging", "RANSAC", "Calibrated", "TransformedTarget"))
    return estimator(inner) if needed & {"estimator", "base_estimator"} and not optional else estimator()


def _tree() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=4, random_state=0)


def label_counts(name: str, kind: str) -> tuple[int, ...]:
    """Of how many labels an estimator is asked, one after the other; 0 is a number."""
    return {"regressor": (0,), "outlier": (3,)}.get(kind, (2,) if name in TWO_CLASSES else (3, 2))


def fitted(name: str, kind: str, labels: int) -> tuple[Any, pd.DataFrame, pd.Series]:
    """Return the estimator, and 10,000 other rows with their outputs."""
    features, output = rows(1_000, seed=0, labels=labels)
    others, truth = rows(10_000, seed=1, labels=labels)
    if name in POSITIVE:
        features, others = features.abs().round(), others.abs().round().clip(upper=2)
    if name in ABOVE_ZERO or name == "GammaRegressor":
        output, truth = np.exp(output / 4), np.exp(truth / 4)
    if name in ONE_FEATURE:
        features, others = features[NAMES[:1]], others[NAMES[:1]]
    if name.startswith("Radius"):
        others = others.clip(-1.5, 1.5)
    estimator = made(name)
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=0)
    for setting, value in SETTINGS.get(name, {}).items():
        estimator.set_params(**{setting: value})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(features, output[:, None] if name in SEVERAL_OUTPUTS else output)
    if kind == "outlier":
        truth = np.where(truth == labels - 1, -1, 1)
    return estimator, others, pd.Series(truth, name="y")
