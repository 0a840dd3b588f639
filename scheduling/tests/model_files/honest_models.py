"""Fitted models as people bring them: together they need every type on the allow-list."""

from copy import copy
from functools import cache

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, csc_matrix, csr_array, csr_matrix
from sklearn import metrics
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import FeatureAgglomeration
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.feature_selection import (
    SelectKBest,
    chi2,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
    r_regression,
)
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor, kernels
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, SGDOneClassSVM, TweedieRegressor
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler
from sklearn.svm import SVC, NuSVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from scheduling.uploads.audit.allowed import FUNCTIONS, KERNELS, METRICS, SPLITTERS

random = np.random.default_rng(0)
X = np.abs(random.normal(size=(60, 4)))
Y = (X[:, 0] + X[:, 1] > 1.4).astype(int)
MIXED = pd.DataFrame(X, columns=list("abcd")).assign(e=pd.Categorical(list("xyz") * 20))
linear = LogisticRegression()


@cache
def fitted(kind):
    """One fitted model of a kind, for all that are to differ in one parameter."""
    return {
        "threshold": lambda: TunedThresholdClassifierCV(linear, cv=2, thresholds=5).fit(X, Y),
        "calibrated": lambda: CalibratedClassifierCV(linear, cv=2).fit(X, Y),
        "gaussian process": lambda: GaussianProcessRegressor(optimizer=None).fit(X, Y),
        "linear": lambda: LogisticRegression().fit(X, Y),
    }[kind]()


def holding(kind, name, value):
    """A fitted model of a kind that has this, too."""
    model = copy(fitted(kind))
    setattr(model, name, value)
    return model


def with_metric(name):
    """Nearest neighbours by this metric, in a search tree."""
    true_or_false = name in ("Dice", "Jaccard", "RogersTanimoto", "RussellRao", "SokalSneath")
    params = {
        "Mahalanobis": {"VI": np.eye(4)},
        "SEuclidean": {"V": np.ones(4)},
        "Minkowski": {"p": 3},
    }.get(name, {})
    rows = X > 1 if true_or_false else X[:, :2] if name == "Haversine" else X
    return KNeighborsClassifier(algorithm="ball_tree", metric=name.lower(), metric_params=params).fit(rows, Y)


def with_kernel(name):
    """A Gaussian process whose kernel has this part."""
    rbf = kernels.RBF()
    made = {
        "Sum": rbf + rbf,
        "Product": rbf * rbf,
        "Exponentiation": rbf**2,
        "CompoundKernel": kernels.CompoundKernel([rbf]),
    }.get(name) or getattr(kernels, name)()
    return holding("gaussian process", "kernel", made)


PICKERS = [chi2, f_classif, f_regression, r_regression, mutual_info_classif, mutual_info_regression]
HONEST = {
    "hist gradient boosting": lambda: HistGradientBoostingClassifier(
        max_iter=3, categorical_features=["e"], min_samples_leaf=3
    ).fit(MIXED, Y),
    "columns by their types": lambda: make_pipeline(
        make_column_transformer(
            (StandardScaler(), make_column_selector(dtype_include=np.number)),
            (OneHotEncoder(), make_column_selector(dtype_include=["category", object])),
        ),
        linear,
    ).fit(MIXED, Y),
    "forest": lambda: RandomForestClassifier(3).fit(X, Y),
    "calibrated": lambda: CalibratedClassifierCV(linear, cv=2).fit(X, Y),
    "calibrated by temperature": lambda: CalibratedClassifierCV(linear, cv=2, method="temperature").fit(X, Y),
    "network": lambda: MLPClassifier((3,), max_iter=3).fit(X, Y),
    "network by sgd": lambda: MLPClassifier((3,), max_iter=3, solver="sgd").fit(X, Y),
    "gaussian process": lambda: GaussianProcessClassifier(optimizer=None).fit(X, Y),
    "voting": lambda: VotingClassifier([("a", linear), ("b", DecisionTreeClassifier())]).fit(X, Y),
    "stacking": lambda: StackingClassifier([("a", linear), ("b", SVC())], cv=2).fit(X, Y),
    "searches in a stack": lambda: StackingClassifier(
        [("a", GridSearchCV(linear, {"C": [1, 2]}, cv=2))], cv=2
    ).fit(X, Y),
    "threshold": lambda: fitted("threshold"),
    "tweedie": lambda: TweedieRegressor(power=1.5, link="log").fit(X, Y + 1.0),
    "tweedie without a link": lambda: TweedieRegressor(power=0, link="identity").fit(X, Y + 1.0),
    "one class alone": lambda: OneVsRestClassifier(linear).fit(X, np.c_[Y, np.ones(60, dtype=int)]),
    "imputers": lambda: make_pipeline(SimpleImputer(), IterativeImputer(max_iter=2), linear).fit(X, Y),
    "splines": lambda: make_pipeline(SplineTransformer(3), linear).fit(X, Y),
    "agglomeration": lambda: make_pipeline(FeatureAgglomeration(2), linear).fit(X, Y),
    "agglomeration by the median": lambda: make_pipeline(
        FeatureAgglomeration(2, pooling_func=np.median), linear
    ).fit(X, Y),
    "support vectors of text": lambda: SVC().fit(csr_matrix(X), Y),
    "neighbours": lambda: KNeighborsClassifier(algorithm="kd_tree").fit(X, Y),
    "neighbours with gaps": lambda: KNeighborsClassifier(metric="nan_euclidean").fit(
        np.where(X > 2, np.nan, X), Y
    ),
    "support vectors of a kernel": lambda: SVC(kernel="precomputed").fit(X @ X.T, Y),
    "numbers by support vectors": lambda: NuSVR(kernel="precomputed").fit(X @ X.T, Y),
    "novelties": lambda: OneClassSVM().fit(X),
    "novelties by neighbours": lambda: LocalOutlierFactor(5, novelty=True).fit(X),
    "novelties by trees": lambda: IsolationForest(n_estimators=3).fit(X),
    "novelties by a line": lambda: SGDOneClassSVM().fit(X),
    "novelties by an envelope": lambda: EllipticEnvelope().fit(X),
    "probabilities of text": lambda: SVC(probability=True).fit(csr_matrix(X), Y * 2 + (X[:, 2] > 1)),
    "neighbours of text": lambda: KNeighborsClassifier().fit(csr_matrix(X), Y),
    "no scorer of its own": lambda: holding("linear", "scoring", metrics.check_scoring(linear)),
}
HONEST |= {f"metric {name}": lambda name=name: with_metric(name) for name in METRICS.split()}
HONEST |= {f"kernel {name}": lambda name=name: with_kernel(name) for name in KERNELS.split()}
HONEST |= {
    f"picks by {one.__name__}": lambda one=one: make_pipeline(SelectKBest(one, k=2), linear).fit(X, Y)
    for one in PICKERS
}
HONEST |= {
    f"scored by {name}": lambda name=name: holding(
        "threshold", "scoring", make_scorer(getattr(metrics, name))
    )
    for module, names in FUNCTIONS.items()
    if module.startswith("sklearn.metrics")
    for name in names.split()
}
HONEST |= {
    f"sparse coefficients, {kind.__name__}": lambda kind=kind: holding(
        "linear", "coef_", kind(np.ones((1, 4)))
    )
    for kind in (csr_matrix, csr_array, csc_matrix, csc_array)
}


def split_by(name):
    """A model that was to be calibrated on parts of the data that are chosen in this way."""
    from sklearn import model_selection

    return holding("calibrated", "cv", getattr(model_selection, name)())


HONEST |= {f"split by {name}": lambda name=name: split_by(name) for name in SPLITTERS.split()}
