"""What a person says of features where what was inferred is not right: bounds, gaps, examples."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from predictions.contract.fields import FeatureSpec, Kind, check_field

Bounds = Sequence[float | None]  # the least and the largest; None leaves the wide one
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """By the names of columns."""

    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    required: Mapping[str, bool] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)  # JSON; numbers and booleans may be text

    def of_no_column(self, known: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield (option, what is wrong) for each name that is none of the columns."""
        for option, said in vars(self).items():
            for name in said:
                if name not in known:
                    yield option, f"There is no column {name}."

    def applied(self, feature: FeatureSpec) -> tuple[FeatureSpec, str]:
        """Return the feature as it was corrected, and what is wrong with that; else an empty text."""
        name = feature.name
        feature = replace(feature, required=self.required.get(name, feature.required))
        if name in self.bounds:
            if not feature.kind.has_bounds:
                return feature, "Only numbers have bounds."
            feature = _bounded(feature, *self.bounds[name])
            if has_crossed_bounds(feature):
                return feature, "Its lower bound is over its upper one."
        if name in self.examples:
            return _with_example(feature, self.examples[name])
        return feature, _problem_of_example(feature) if name in self.bounds else ""


def _bounded(feature: FeatureSpec, low: float | None, high: float | None) -> FeatureSpec:
    """Return the feature with the bounds given. An end that is left out stays where it was inferred.

    So no end is open: a form is proved to answer as scikit-learn does up to both.
    """
    given = {"minimum": low, "maximum": high}
    # PostgreSQL gives 1e38 back as a whole number, which no other process can be sent.
    said: dict[str, Any] = {end: float(value) for end, value in given.items() if value is not None}
    return replace(feature, **said)


def has_crossed_bounds(feature: FeatureSpec) -> bool:
    """Whether no value is between its bounds."""
    low, high = feature.minimum, feature.maximum
    return low is not None and high is not None and low > high


def _with_example(feature: FeatureSpec, example: Any) -> tuple[FeatureSpec, str]:
    if feature.kind is Kind.BOOL and isinstance(example, str):
        example = TRUTHS.get(example.strip().lower(), example)
    value, problem = check_field(replace(feature, required=True), example)
    if problem:
        return feature, f"Its example: {problem}."
    if feature.kind.has_bounds:
        example = int(value) if feature.kind is Kind.INT else float(value)
    return replace(feature, example=example), ""


def _problem_of_example(feature: FeatureSpec) -> str:
    problem = "" if feature.example is None else check_field(feature, feature.example)[1]
    return f"Its example is {feature.example}: {problem}. Give another one in examples." if problem else ""
