"""Which values of its columns a fitted model has learned by heart: those of its encoders."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from predictions.registry.proving.own_categories import categories_of, keeps_categories

ENCODERS = ("OneHotEncoder", "OrdinalEncoder", "TargetEncoder")
KEEP_COLUMNS = ("SimpleImputer",)  # what comes after them sees the same columns in the same order
INSIDE = ("best_estimator_", "estimator_", "regressor_", "estimator", "regressor")
ONE_OF_MANY = ("calibrated_classifiers_", "estimators_")


@dataclass(frozen=True)
class Known:
    """What an encoder, or a model that encodes by itself, knows of a column."""

    feature: str
    encoder: Any
    values: Sequence[Any]
    is_dtype: bool = False  # it takes the column in the pandas type category alone


def known_values(part: Any, names: Sequence[str]) -> Iterator[Known]:
    """Yield what is known of each column that an encoder in `part` takes from outside.

    `names` are the columns that `part` is given, in their order; empty for one that is not from outside.
    """
    kind = type(part).__name__
    if kind in ENCODERS:
        for name, values in zip(names, getattr(part, "categories_", ()), strict=False):
            yield Known(name, part, list(values))
    elif kind == "Pipeline":
        yield from _of_steps([step for _, step in part.steps], names)
    elif kind == "ColumnTransformer":
        for one, columns in _given(part, names):
            yield from known_values(one, columns)
    elif keeps_categories(part) or hasattr(part, "is_categorical_"):
        if getattr(part, "n_features_in_", None) == len(names):
            yield from _of_boosting(part, names)
    elif kind == "FeatureUnion":
        yield from _of_each((one for _, one in part.transformer_list), names)
    else:
        yield from _of_each(_inside(part), names)


def _of_boosting(part: Any, names: Sequence[str]) -> Iterator[Known]:
    if keeps_categories(part):
        for place, (values, is_dtype) in categories_of(part).items():
            yield Known(names[place], part, values, is_dtype)
    else:  # histogram boosting, which has encoders within
        for one in known_values(part._preprocessor, names):
            yield Known(one.feature, part, one.values)


def _of_steps(steps: Sequence[Any], names: Sequence[str]) -> Iterator[Known]:
    """Follow a pipeline as long as its steps leave some columns as they are."""
    for step in steps:
        yield from known_values(step, names)
        names = _behind(step, names)
        if not any(names):
            return


def _behind(step: Any, names: Sequence[str]) -> Sequence[str]:
    """The names of the columns behind a step, empty for one that it made; none if all are."""
    kind = type(step).__name__
    if step in (None, "passthrough") or kind in KEEP_COLUMNS:
        return names
    if kind == "FunctionTransformer" and step.func is None:
        return names
    if kind == "Pipeline":
        for _, one in step.steps:
            names = _behind(one, names)
        return names
    return _behind_columns(step, names) if kind == "ColumnTransformer" else ()


def _behind_columns(step: Any, names: Sequence[str]) -> Sequence[str]:
    behind = [""] * max((part.stop for part in step.output_indices_.values()), default=0)
    for (name, _, _), (one, columns) in zip(step.transformers_, _given(step, names), strict=True):
        place, kept = step.output_indices_[name], _behind(one, columns) if one != "drop" else ()
        if len(kept) == place.stop - place.start:
            behind[place] = kept
    return behind


def _given(step: Any, names: Sequence[str]) -> list[tuple[Any, list[str]]]:
    """The parts of a ColumnTransformer, each with the columns that it takes."""
    places = step._transformer_to_input_indices
    return [(one, [names[place] for place in places[name]]) for name, one, _ in step.transformers_]


def _of_each(parts: Iterable[Any], names: Sequence[str]) -> Iterator[Known]:
    for part in parts:
        yield from known_values(part, names)


def _inside(part: Any) -> Iterator[Any]:
    """Yield the fitted models within a wrapper that hands its columns on: of many parts, each."""
    several = [one for name in ONE_OF_MANY for one in getattr(part, name, [])]
    single = [getattr(part, name) for name in INSIDE if hasattr(part, name)][:1]
    hands_on = [one for one in several or single if hasattr(one, "predict") or hasattr(one, "estimator")]
    yield from hands_on
