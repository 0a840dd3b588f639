"""Our converters made known to skl2onnx, once a process."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from predictions.registry.converting.estimators import (
    boosting,
    encoding,
    imputing,
    kernels,
    linear,
    simple,
    wrapping,
)

CLASSIFIERS = {
    "dummy.DummyClassifier": simple.convert_dummy_classifier,
    "ensemble.HistGradientBoostingClassifier": boosting.convert_classifier,
    "linear_model.RidgeClassifier": linear.convert_linear,
    "linear_model.RidgeClassifierCV": linear.convert_linear,
    "model_selection.FixedThresholdClassifier": wrapping.convert_threshold,
    "model_selection.TunedThresholdClassifierCV": wrapping.convert_threshold,
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
TRANSFORMERS = {
    "impute.SimpleImputer": (imputing.shapes_of_imputer, imputing.convert_imputer),
    "preprocessing.FunctionTransformer": (wrapping.shapes_of_function, wrapping.convert_function),
    "preprocessing.OneHotEncoder": (encoding.shapes_of_encoder, encoding.convert_encoder),
    "preprocessing.OrdinalEncoder": (encoding.shapes_of_encoder, encoding.convert_encoder),
    "preprocessing.TargetEncoder": (encoding.shapes_of_encoder, encoding.convert_encoder),
}
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
    for name, (shapes, convert) in TRANSFORMERS.items():
        register(_class(name), shapes, convert)


def register(model: type, shapes: Any, convert: Any, **more: Any) -> None:
    """Register a converter of an estimator's type."""
    from skl2onnx import update_registered_converter

    update_registered_converter(model, f"Served{model.__name__}", shapes, convert, **more)


def _class(name: str) -> type:
    module, _, estimator = name.rpartition(".")
    found: type = getattr(import_module(f"sklearn.{module}"), estimator)
    return found
