"""The libraries of boosted trees, alone and as the last step of a pipeline, on rows with 5 % gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.coverage.estimators import rows

NAMES = (
    "LGBMClassifier",
    "LGBMRegressor",
    "XGBClassifier",
    "XGBRegressor",
    "CatBoostClassifier",
    "CatBoostRegressor",
)


def made(name: str) -> Any:
    """Return one with its default settings, quiet and on one core."""
    if name.startswith("LGBM"):
        import lightgbm

        return getattr(lightgbm, name)(verbose=-1, n_jobs=1)
    if name.startswith("XGB"):
        import xgboost

        return getattr(xgboost, name)(n_jobs=1)
    import catboost

    return getattr(catboost, name)(verbose=0, thread_count=1, allow_writing_files=False)


def fitted(name: str, *, in_pipeline: bool) -> tuple[Any, pd.DataFrame, pd.Series]:
    """Return the estimator, and 10,000 other rows with their outputs."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    labels = 3 if name.endswith("Classifier") else 0
    features, output = rows(1_000, seed=0, labels=labels)
    others, truth = rows(10_000, seed=1, labels=labels)
    chance = np.random.default_rng(2)
    features, others = (one.mask(chance.random(one.shape) < 0.05) for one in (features, others))
    estimator = make_pipeline(StandardScaler(), made(name)) if in_pipeline else made(name)
    return estimator.fit(features, output), others, pd.Series(truth, name="y")
