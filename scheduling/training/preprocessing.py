"""What stands before an estimator of the allow-list, as one would choose it for its family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd

LINEAR = {"LinearRegression", "LogisticRegression", "Ridge"}
BY_HISTOGRAM = {"HistGradientBoostingClassifier", "HistGradientBoostingRegressor"}
MOST_COLUMNS = 50  # of a text for a linear model: the rarest ones share the last
MOST_COLUMNS_OF_TREES = 12  # with more, a tree would split off one at a time: they become numbers
MOST_CATEGORIES = 254  # histograms have 255 bins


def with_preprocessing(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Any:
    """Return the estimator behind what its features need; itself where that is nothing.

    Numbers: means for gaps, and for linear models one scale. Texts: a column for each that was seen, or
    numbers where they are many. Histogram boosting takes gaps and categories as they are.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline

    name = type(estimator).__name__
    numbers = [f for f in spec.features if f.kind.is_number and f.kind is not Kind.TIMESTAMP]
    texts = [feature.name for feature in spec.features if feature.kind.is_text]
    steps = _steps_of_numbers(name, has_gaps=not all(feature.required for feature in numbers))
    if len(numbers) == len(spec.features):
        return make_pipeline(*steps, estimator) if steps else estimator
    columns = _encoders(name, frame, texts)
    if numbers:
        prepared = make_pipeline(*steps) if steps else "passthrough"
        columns.append((prepared, [feature.name for feature in numbers]))
    if name in BY_HISTOGRAM and texts and estimator.categorical_features == "from_dtype":
        estimator.set_params(categorical_features=list(range(len(texts))))  # they come first
    return make_pipeline(make_column_transformer(*columns), estimator)


def _steps_of_numbers(name: str, *, has_gaps: bool) -> list[Any]:
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import StandardScaler

    imputer = [SimpleImputer()] if has_gaps and name not in BY_HISTOGRAM else []
    return [*imputer, StandardScaler()] if name in LINEAR else imputer


def _encoders(name: str, frame: pd.DataFrame, texts: list[str]) -> list[Any]:
    """How texts become numbers, and which of them."""
    import numpy as np
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    if name in LINEAR:
        hot = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MOST_COLUMNS)
        return [(hot, texts)] if texts else []
    unknown: dict[str, Any] = {"handle_unknown": "use_encoded_value"}
    if name in BY_HISTOGRAM:
        ordinal = OrdinalEncoder(unknown_value=np.nan, max_categories=MOST_CATEGORIES, **unknown)
        return [(ordinal, texts)] if texts else []
    few = [text for text in texts if frame[text].nunique() <= MOST_COLUMNS_OF_TREES]
    many = [text for text in texts if text not in few]
    ordinal = OrdinalEncoder(unknown_value=-1, encoded_missing_value=-1, **unknown)
    both = [(OneHotEncoder(handle_unknown="ignore"), few), (ordinal, many)]
    return [(encoder, chosen) for encoder, chosen in both if chosen]
