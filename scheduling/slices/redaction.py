"""What is kept of the conditions of slices: they may hold values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from predictions.contract.feature import FeatureSpec
from scheduling.evidence.outcomes import values_of
from scheduling.slices.condition_parser import features_of


def kept_conditions(
    conditions: Mapping[str, str], features: Iterable[FeatureSpec], *, redacted: frozenset[str]
) -> dict[str, str | None]:
    """Return name -> condition; None for one that is about a redacted feature, or cannot be read."""
    features = tuple(features)
    return {
        name: values_of(features_of(text, features), text, redacted=redacted)
        for name, text in conditions.items()
    }
