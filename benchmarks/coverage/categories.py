"""Boosted trees that encode columns of the pandas type category by themselves.

5 % of the ages and towns are missing. One row in a hundred has a town that no training row had, which the
signature lists; XGBoost raises for such a town, so that its signature does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.coverage.boosters import made
from benchmarks.coverage.pipelines import NUMBERS, TEXTS, people
from predictions.contract.signature import SignatureSpec

NAMES = (
    "LGBMClassifier", "LGBMRegressor", "XGBClassifier", "XGBRegressor", "CatBoostClassifier",
    "CatBoostRegressor", "HistGradientBoostingClassifier", "HistGradientBoostingRegressor",
)  # fmt: skip
UNKNOWN = "Rom"
COLUMNS = [*NUMBERS, *TEXTS]


def fitted(name: str) -> tuple[Any, pd.DataFrame, pd.Series]:
    """Return the estimator, and 10,000 other rows, texts as objects, with their outputs."""
    rows, others = (_with_output(people(count, seed=seed), name) for count, seed in ((1_000, 0), (10_000, 1)))
    if not name.startswith("XGB"):
        others.loc[np.random.default_rng(2).random(len(others)) < 0.01, "city"] = UNKNOWN
    if name.startswith("CatBoost"):  # it takes no gap in a category
        rows, others = (one.fillna({"city": "none"}) for one in (rows, others))
        model = made(name).set_params(cat_features=TEXTS)
        return model.fit(rows[COLUMNS], rows["out"]), others[COLUMNS], others["out"]
    features = rows[COLUMNS].astype(dict.fromkeys(TEXTS, "category"))
    return _categorical(name).fit(features, rows["out"]), others[COLUMNS], others["out"]


def _with_output(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    is_label = name.endswith("Classifier")
    return frame.assign(
        out=(frame["yes"] == "yes").astype(int) if is_label else frame["home.dest"] + np.log(frame["income"])
    )


def _categorical(name: str) -> Any:
    if name.startswith("Hist"):
        from sklearn import ensemble

        return getattr(ensemble, name)(categorical_features="from_dtype", random_state=0)
    return made(name).set_params(**{"enable_categorical": True} if name.startswith("XGB") else {})


def ready(name: str, model: Any, spec: SignatureSpec) -> Any:
    """Return the model as an upload of it is opened: CatBoost's own file has no lists of its categories."""
    if not name.startswith("CatBoost"):
        return model
    from scheduling.uploads.catboost_file import open_catboost

    return open_catboost(model._serialize_model(), spec)
