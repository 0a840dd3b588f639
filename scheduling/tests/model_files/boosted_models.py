"""Models of LightGBM and XGBoost, which are optional."""

import pytest

from scheduling.tests.model_files.honest_models import MIXED, X, Y

lightgbm = pytest.importorskip("lightgbm")
xgboost = pytest.importorskip("xgboost")
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

few = {"n_estimators": 3, "min_child_samples": 3, "verbose": -1, "n_jobs": 1}
CATEGORICAL = MIXED.assign(e=MIXED["e"].cat.rename_categories({"x": "a b", "y": "ü", "z": "=1"}))
BOOSTED = {
    "lightgbm": lambda: (lightgbm.LGBMClassifier(**few).fit(X, Y), X),
    "lightgbm with categories": lambda: (
        lightgbm.LGBMClassifier(min_data_per_group=1, cat_smooth=0, max_cat_to_onehot=1, **few).fit(
            CATEGORICAL[["e", "a"]], [1, 0, 0] * 20
        ),
        CATEGORICAL[["e", "a"]],
    ),
    "lightgbm, dart": lambda: (lightgbm.LGBMClassifier(boosting_type="dart", **few).fit(X, Y), X),
    "lightgbm without a split": lambda: (
        lightgbm.LGBMRegressor(n_estimators=1, verbose=-1).fit(X[:9], Y[:9]),
        X,
    ),
    "lightgbm in a pipeline": lambda: (
        make_pipeline(StandardScaler(), lightgbm.LGBMClassifier(**few)).fit(X, Y),
        X,
    ),
    "xgboost": lambda: (xgboost.XGBClassifier(n_estimators=3, n_jobs=2).fit(X, Y), X),
    "xgboost with categories": lambda: (
        xgboost.XGBClassifier(n_estimators=3, enable_categorical=True).fit(MIXED, Y),
        MIXED,
    ),
    "xgboost, dart": lambda: (xgboost.XGBRegressor(n_estimators=3, booster="dart").fit(X, Y), X),
    "xgboost, linear": lambda: (xgboost.XGBRegressor(n_estimators=3, booster="gblinear").fit(X, Y), X),
    "xgboost, forest": lambda: (xgboost.XGBRFClassifier(n_estimators=3).fit(X, Y), X),
    "xgboost, forest of numbers": lambda: (xgboost.XGBRFRegressor(n_estimators=3).fit(X, Y), X),
}
