"""What is kept of values that a run saw: in an outcome's details, and of redacted features nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from predictions.contract.feature import FeatureSpec
from scheduling.slices.condition_parser import features_of


def values_of(features: Iterable[str], values: Any, *, redacted: frozenset[str]) -> Any:
    """Return what was seen of some features; None where one of them is redacted."""
    return None if redacted.intersection(features) else values


def of_any_feature(values: Any, *, redacted: frozenset[str]) -> Any:
    """Return what may hold a value of any feature, such as a library's words; None where one is redacted."""
    return None if redacted else values


def kept_conditions(
    conditions: Mapping[str, str], features: Iterable[FeatureSpec], *, redacted: frozenset[str]
) -> dict[str, str | None]:
    """Return name -> condition; None for one that is about a redacted feature, or cannot be read."""
    features = tuple(features)
    return {
        name: values_of(features_of(text, features), text, redacted=redacted)
        for name, text in conditions.items()
    }
