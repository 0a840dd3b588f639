"""What is kept of values that a run saw: in an outcome's details, and of redacted features nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def values_of(features: Iterable[str], values: Any, *, redacted: frozenset[str]) -> Any:
    """Return what was seen of some features; None where one of them is redacted."""
    return None if redacted.intersection(features) else values


def of_any_feature(values: Any, *, redacted: frozenset[str]) -> Any:
    """Return what may hold a value of any feature, such as a library's words; None where one is redacted."""
    return None if redacted else values
