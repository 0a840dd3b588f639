"""How well one feature alone predicts the label: a shallow tree on it, by cross-validation."""

from typing import Any

import numpy as np
import sklearn
from pandas import DataFrame as Frame
from sklearn.metrics import balanced_accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
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
    return {f.name: _score(drawn[[f.name]], y, f, spec, seed) for f in spec.features}, len(drawn)


def _score(column: Frame, y: np.ndarray, feature: FeatureSpec, spec: SignatureSpec, seed: int) -> float:
    """Of a tree of few leaves; before it, for a text, how often each label comes with each category."""
    folds = (StratifiedKFold if spec.labels else KFold)(FOLDS, shuffle=True, random_state=seed)
    model: Any = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=5, random_state=0)
    if spec.labels:
        model = DecisionTreeClassifier(max_leaf_nodes=LEAVES_PER_CLASS * len(set(y)), random_state=0)
    if feature.kind.is_text:
        kind = "auto" if spec.labels else "continuous"
        model = make_pipeline(TargetEncoder(target_type=kind, **_folds_of_encoder(folds, seed)), model)
        x = column.fillna("").to_numpy(object)
    else:
        x = column.to_numpy(float).clip(-3e38, 3e38)  # within what trees accept
    predicted = cross_val_predict(model, x, y, cv=folds)
    return float(balanced_accuracy_score(y, predicted) if spec.labels else r2_score(y, predicted))


def _folds_of_encoder(folds: KFold | StratifiedKFold, seed: int) -> dict[str, Any]:
    """Before 1.9 scikit-learn's encoder takes a number of folds only, and draws them itself."""
    if parse_version(sklearn.__version__) >= parse_version("1.9"):
        return {"cv": folds}
    return {"cv": FOLDS, "shuffle": True, "random_state": seed}
