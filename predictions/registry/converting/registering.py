"""Our converters made known to skl2onnx, once a process."""

from __future__ import annotations

from functools import cache
from typing import Any

CLASSIFIER = {
    "zipmap": [True, False, "columns"], "output_class_labels": [False, True], "nocl": [True, False],
    "raw_scores": [True, False],
}  # fmt: skip


@cache
def register_converters() -> None:
    """Register what skl2onnx lacks, and what it converts wrongly."""
    from sklearn import compose, ensemble, impute, linear_model, model_selection, preprocessing, svm

    from predictions.registry.converting import boosting, encoding, imputing, linear, wrapping

    for model in (linear_model.RidgeClassifier, linear_model.RidgeClassifierCV, svm.LinearSVC):
        _classifier(model, linear.convert_linear)
    _classifier(model_selection.FixedThresholdClassifier, wrapping.convert_threshold)
    _classifier(model_selection.TunedThresholdClassifierCV, wrapping.convert_threshold)
    _classifier(ensemble.HistGradientBoostingClassifier, boosting.convert_classifier)
    hist = ensemble.HistGradientBoostingRegressor
    _other(hist, wrapping.shapes_of_target, boosting.convert_regressor)
    _other(compose.TransformedTargetRegressor, wrapping.shapes_of_target, wrapping.convert_target)
    _other(impute.SimpleImputer, imputing.shapes_of_imputer, imputing.convert_imputer)
    function = preprocessing.FunctionTransformer
    _other(function, wrapping.shapes_of_function, wrapping.convert_function)
    for encoder in (preprocessing.OneHotEncoder, preprocessing.OrdinalEncoder, preprocessing.TargetEncoder):
        _other(encoder, encoding.shapes_of_encoder, encoding.convert_encoder)


def _classifier(model: type, convert: Any) -> None:
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes

    alias, shapes = f"Served{model.__name__}", calculate_linear_classifier_output_shapes
    update_registered_converter(model, alias, shapes, convert, options=CLASSIFIER)


def _other(model: type, shapes: Any, convert: Any) -> None:
    from skl2onnx import update_registered_converter

    update_registered_converter(model, f"Served{model.__name__}", shapes, convert)
