"""What must agree in a feature for its kind to mean something: categories, bounds, data type, example."""

import re
from collections.abc import Iterator

from predictions.contract.fields import FeatureSpec, Kind, check_field

TIMES = re.compile(r"datetime64\[(s|ms|us|ns)(, [\w/+:-]+)?\]")
MOST_CATEGORIES = 1000


def problems_of(feature: FeatureSpec) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong with it)."""
    yield from _of_categories(feature)
    if not feature.kind.has_bounds:
        for side in ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum"):
            if getattr(feature, side) is not None:
                yield side, "Only numbers (float, int) have bounds."
    if feature.dtype and not _is_dtype(feature):
        yield (
            "dtype",
            "Leave this empty, or use datetime64[us, UTC] for a timestamp, category for a category.",
        )
    elif feature.example is not None and (problem := check_field(feature, feature.example)[1]):
        yield "example", problem + "."


def _of_categories(feature: FeatureSpec) -> Iterator[tuple[str, str]]:
    values = feature.categories
    if feature.kind is not Kind.CATEGORY:
        if values:
            yield "categories", "Only the kind category has a list of values."
    elif not values or not all(isinstance(value, str) for value in values):
        yield "categories", "List its values as texts, such as basic and pro."
    elif len(set(values)) < len(values) or len(values) > MOST_CATEGORIES:
        yield "categories", f"List each value once, and at most {MOST_CATEGORIES}."


def _is_dtype(feature: FeatureSpec) -> bool:
    if feature.kind is Kind.CATEGORY:
        return feature.dtype == "category"
    return feature.kind is Kind.TIMESTAMP and TIMES.fullmatch(feature.dtype) is not None
