"""Our converters made known to skl2onnx, once a process."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from predictions.registry.converting.estimators import (
    binning,
    boosters,
    encoding,
    forests,
    imputing,
    kernels,
    linear,
    outliers,
    simple,
    wrapping,
)
from predictions.registry.converting.estimators.boosters import boosting
from predictions.registry.converting.operations import number_type

CLASSIFIERS = {
    "discriminant_analysis.LinearDiscriminantAnalysis": linear.convert_discriminant,
    "dummy.DummyClassifier": simple.convert_dummy_classifier,
    "ensemble.ExtraTreesClassifier": forests.convert_forest,
    "ensemble.HistGradientBoostingClassifier": boosting.convert_classifier,
    "ensemble.RandomForestClassifier": forests.convert_forest,
    "linear_model.RidgeClassifier": linear.convert_linear,
    "linear_model.RidgeClassifierCV": linear.convert_linear,
    "model_selection.FixedThresholdClassifier": wrapping.convert_threshold,
    "model_selection.TunedThresholdClassifierCV": wrapping.convert_threshold,
    "multiclass.OneVsRestClassifier": linear.convert_one_vs_rest,
    "multiclass.OutputCodeClassifier": simple.convert_output_codes,
    "neighbors.NearestCentroid": kernels.convert_nearest_centroid,
    "semi_supervised.LabelPropagation": kernels.convert_label_propagation,
    "semi_supervised.LabelSpreading": kernels.convert_label_propagation,
    "svm.LinearSVC": linear.convert_linear,
}
REGRESSORS = {
    "compose.TransformedTargetRegressor": wrapping.convert_target,
    "cross_decomposition.CCA": simple.convert_projected,
    "cross_decomposition.PLSCanonical": simple.convert_projected,
    "dummy.DummyRegressor": simple.convert_dummy_regressor,
    "ensemble.HistGradientBoostingRegressor": boosting.convert_regressor,
    "isotonic.IsotonicRegression": simple.convert_isotonic,
    "kernel_ridge.KernelRidge": kernels.convert_kernel_ridge,
    "svm.NuSVR": kernels.convert_svr,
    "svm.SVR": kernels.convert_svr,
}
OUTLIER_DETECTORS = {
    "covariance.EllipticEnvelope": outliers.convert_envelope,
    "ensemble.IsolationForest": outliers.convert_isolation_forest,
    "linear_model.SGDOneClassSVM": outliers.convert_linear,
    "svm.OneClassSVM": outliers.convert_support_vectors,
}
TRANSFORMERS = {
    "impute.SimpleImputer": (imputing.shapes_of_imputer, imputing.convert_imputer),
    "preprocessing.FunctionTransformer": (wrapping.shapes_of_function, wrapping.convert_function),
    "preprocessing.KBinsDiscretizer": (binning.shapes_of_bins, binning.convert_bins),
    "preprocessing.OneHotEncoder": (encoding.shapes_of_encoder, encoding.convert_encoder),
    "preprocessing.OrdinalEncoder": (encoding.shapes_of_encoder, encoding.convert_encoder),
    "preprocessing.TargetEncoder": (encoding.shapes_of_encoder, encoding.convert_encoder),
}
BOOSTERS = {
    "lightgbm": ("lightgbm_trees", "LGBMClassifier", "LGBMRegressor"),
    "xgboost": ("xgboost_trees", "XGBClassifier", "XGBRegressor"),
    "catboost": ("catboost_trees", "CatBoostClassifier", "CatBoostRegressor"),
}  # optional libraries: their converters are registered once an estimator of theirs is met
OPTIONS = {
    "zipmap": [True, False, "columns"], "output_class_labels": [False, True], "nocl": [True, False],
    "raw_scores": [True, False],
}  # fmt: skip


@cache
def register_converters() -> None:
    """Register what skl2onnx lacks, and what it converts wrongly."""
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes as labels_and_shares,
    )

    for name, convert in CLASSIFIERS.items():
        register(_class(name), labels_and_shares, convert, options=OPTIONS)
    for name, convert in REGRESSORS.items():
        register(_class(name), wrapping.shapes_of_target, convert)
    for name, convert in OUTLIER_DETECTORS.items():
        how = {"options": OPTIONS, "parser": labels_and_shares_of}
        register(_class(name), outliers.shapes_of_outliers, convert, **how)
    for name, (shapes, convert) in TRANSFORMERS.items():
        register(_class(name), shapes, convert)


def register_boosters(parts: list[Any]) -> None:
    """Register the converters of the libraries of boosted trees that these parts of an estimator are of."""
    for library in {type(part).__module__.partition(".")[0] for part in parts} & set(BOOSTERS):
        _register_booster(library)


@cache
def _register_booster(library: str) -> None:
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes as labels_and_shares,
    )

    name, classifier, regressor = BOOSTERS[library]
    module, own = import_module(library), import_module(f"{boosters.__name__}.{name}")
    how = {"options": OPTIONS, "parser": labels_and_shares_of}
    register(getattr(module, classifier), labels_and_shares, own.convert_classifier, **how)
    register(getattr(module, regressor), wrapping.shapes_of_target, own.convert_regressor)


def labels_and_shares_of(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare both outputs of a classifier: not every library's is one by scikit-learn's own test."""
    from skl2onnx.common.data_types import Int64TensorType

    operator = scope.declare_local_operator(f"Served{type(model).__name__}", model)
    operator.inputs = inputs
    operator.outputs.append(scope.declare_local_variable("label", Int64TensorType()))
    operator.outputs.append(scope.declare_local_variable("probabilities", number_type()()))
    return operator.outputs


def register(model: type, shapes: Any, convert: Any, **more: Any) -> None:
    """Register a converter of an estimator's type."""
    from skl2onnx import update_registered_converter

    update_registered_converter(model, f"Served{model.__name__}", shapes, convert, **more)


def _class(name: str) -> type:
    module, _, estimator = name.rpartition(".")
    found: type = getattr(import_module(f"sklearn.{module}"), estimator)
    return found
