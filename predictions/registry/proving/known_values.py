"""Which values of its columns a fitted model has learned by heart: those of its encoders."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from predictions.registry.fitness import is_lightgbm

Known = tuple[str, Any, list[Any]]
ENCODERS = ("OneHotEncoder", "OrdinalEncoder", "TargetEncoder")
KEEP_COLUMNS = ("SimpleImputer",)  # what comes after them sees the same columns in the same order
INSIDE = ("best_estimator_", "estimator_", "regressor_", "estimator", "regressor")
ONE_OF_MANY = ("calibrated_classifiers_", "estimators_")


def known_values(part: Any, names: Sequence[str]) -> Iterator[Known]:
    """Yield (feature, encoder, what it knows) for each column that one in `part` takes from outside.

    `names` are the columns that `part` is given, in their order.
    """
    kind = type(part).__name__
    if kind in ENCODERS:
        for name, values in zip(names, getattr(part, "categories_", ()), strict=False):
            yield name, part, list(values)
    elif kind == "Pipeline":
        yield from _of_steps([step for _, step in part.steps], names)
    elif kind == "ColumnTransformer":
        places = part._transformer_to_input_indices
        for name, one, _ in part.transformers_:
            yield from known_values(one, [names[place] for place in places[name]])
    elif is_lightgbm(part) or hasattr(part, "is_categorical_"):
        if getattr(part, "n_features_in_", None) == len(names):
            yield from _of_boosting(part, names)
    elif kind == "FeatureUnion":
        yield from _of_each((one for _, one in part.transformer_list), names)
    else:
        yield from _of_each(_inside(part), names)


def _of_boosting(part: Any, names: Sequence[str]) -> Iterator[Known]:
    """Columns of the pandas type category, which LightGBM and HistGradientBoosting encode by themselves."""
    if not is_lightgbm(part):
        for name, _, values in known_values(part._preprocessor, names):
            yield name, part, values
        return
    asked, lists = part.booster_.params, part.booster_.pandas_categorical or []
    places = asked.get("categorical_column", asked.get("categorical_feature", []))
    if len(places) == len(lists):  # others were named by hand, and are whole numbers
        for place, values in zip(places, lists, strict=True):
            yield names[place], part, list(values)


def _of_steps(steps: Sequence[Any], names: Sequence[str]) -> Iterator[Known]:
    """Follow a pipeline as long as its steps leave the columns as they are."""
    for step in steps:
        yield from known_values(step, names)
        if step not in (None, "passthrough") and type(step).__name__ not in KEEP_COLUMNS:
            return


def _of_each(parts: Iterable[Any], names: Sequence[str]) -> Iterator[Known]:
    for part in parts:
        yield from known_values(part, names)


def _inside(part: Any) -> Iterator[Any]:
    """Yield the fitted models within a wrapper that hands its columns on: of many parts, each."""
    several = [one for name in ONE_OF_MANY for one in getattr(part, name, [])]
    single = [getattr(part, name) for name in INSIDE if hasattr(part, name)][:1]
    hands_on = [one for one in several or single if hasattr(one, "predict") or hasattr(one, "estimator")]
    yield from hands_on
