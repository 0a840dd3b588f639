"""What stands before an estimator of a recipe, where a signature has text or values that may be missing."""

from __future__ import annotations

from typing import Any

from predictions.contract.signature import SignatureSpec


def with_preprocessing(estimator: Any, spec: SignatureSpec) -> Any:
    """Return the estimator as it is where all features are numbers and required, else a pipeline.

    A missing number becomes the column's mean, a text one column for each value; an unknown or missing
    text is a value of its own, or none.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    numbers = [feature.name for feature in spec.features if feature.kind.is_number]
    texts = [feature.name for feature in spec.features if not feature.kind.is_number]
    if not texts:
        complete = all(feature.required for feature in spec.features)
        return estimator if complete else make_pipeline(SimpleImputer(), estimator)
    columns = [(OneHotEncoder(handle_unknown="ignore"), texts)]
    if numbers:
        columns.append((SimpleImputer(), numbers))
    return make_pipeline(make_column_transformer(*columns), estimator)
