"""How well one feature alone predicts the label: a shallow tree on it, by cross-validation."""

from typing import Any

import numpy as np
import sklearn
from pandas import DataFrame as Frame
from pandas import Series
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.fixes import parse_version

from predictions.contract.fields import FeatureSpec
from predictions.contract.signature import SignatureSpec

FOLDS = 3
LEAVES_PER_CLASS = 4  # a label that is a threshold or a range of the feature takes two or three
LEAVES = 64  # of a regression: a straight line in so many steps has an R² of 0.9998
MOST_CELLS = 250_000  # sampled rows times features

Split = list[tuple[np.ndarray, np.ndarray]]


def scores(frame: Frame, spec: SignatureSpec, *, most_rows: int, seed: int) -> tuple[dict[str, float], int]:
    """Return for each feature the balanced accuracy (or R²) of a tree on it alone, and the rows used.

    At most `most_rows` are drawn. Labels with fewer rows than folds are left out; with one there is no score.
    """
    rows = min(most_rows, max(500, MOST_CELLS // len(spec.features)))
    labelled = frame[frame[spec.output_name].notna()]
    drawn = labelled.sample(n=rows, random_state=seed) if len(labelled) > rows else labelled
    target = drawn[spec.output_name]
    if spec.labels:
        enough = target.map(target.value_counts()) >= FOLDS
        drawn, target = drawn[enough], target[enough]
    if len(drawn) < 2 * FOLDS or target.nunique() < 2:
        return {}, len(drawn)
    codes = np.unique(target.astype(str), return_inverse=True)[1]  # of labels, whatever their type
    y = codes if spec.labels else target.to_numpy(float)
    folds = (StratifiedKFold if spec.labels else KFold)(FOLDS, shuffle=True, random_state=seed)
    split = list(folds.split(y, y))
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        found = {f.name: _score(drawn[f.name], y, f, folds, split) for f in spec.features}
    return found, len(drawn)


def _score(column: Series, y: np.ndarray, feature: FeatureSpec, folds: Any, split: Split) -> float:
    """Of a tree of few leaves; before it, for a text, how often each label comes with each category."""
    is_label = y.dtype.kind != "f"
    model: Any = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=5, random_state=0)
    if is_label:
        most = LEAVES_PER_CLASS * (int(y.max()) + 1)
        model = DecisionTreeClassifier(max_leaf_nodes=most, random_state=0)
    if feature.kind.is_text:
        kind = "auto" if is_label else "continuous"
        model = make_pipeline(TargetEncoder(target_type=kind, **_folds_of_encoder(folds)), model)
        x = column.fillna("").to_numpy(object)[:, None]
    else:
        x = column.to_numpy(float)[:, None].clip(-3e38, 3e38).astype(np.float32)  # what trees accept
    predicted = _predicted(model, x, y, split)
    return _balanced_accuracy(y, predicted) if is_label else float(r2_score(y, predicted))


def _predicted(model: Any, x: np.ndarray, y: np.ndarray, split: Split) -> np.ndarray:
    """What `cross_val_predict` returns. Of 2,000 features its checks of each fit take most of the time."""
    is_checked = x.dtype != np.float32 or bool(np.isnan(x).any())
    how = {} if is_checked else {"check_input": False}
    predicted = np.empty_like(y)
    for train, test in split:
        predicted[test] = model.fit(x[train], y[train], **how).predict(x[test], **how)
    return predicted


def _balanced_accuracy(y: np.ndarray, predicted: np.ndarray) -> float:
    hits = np.bincount(y[predicted == y], minlength=int(y.max()) + 1)
    return float(np.mean(hits / np.bincount(y)))


def _folds_of_encoder(folds: Any) -> dict[str, Any]:
    """Before 1.9 scikit-learn's encoder takes a number of folds only, and draws them itself."""
    if parse_version(sklearn.__version__) >= parse_version("1.9"):
        return {"cv": folds}
    return {"cv": FOLDS, "shuffle": True, "random_state": folds.random_state}
