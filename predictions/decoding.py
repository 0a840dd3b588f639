"""The types by which a signature's JSON is decoded and checked in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from predictions.feature import FeatureSpec


def row_type(features: Sequence[FeatureSpec], *, strict: bool = False) -> type[msgspec.Struct]:
    """Return the type of an object with one value for each feature, in their order.

    Names of features need not be identifiers: the fields are f0, f1, ….
    """
    fields: list[Any] = [
        (f"f{i}", feature.decoded_type) if feature.required else (f"f{i}", feature.decoded_type, None)
        for i, feature in enumerate(features)
    ]
    return _struct("Row", fields, features, strict)


def columns_type(features: Sequence[FeatureSpec]) -> type[msgspec.Struct]:
    """Return the type of an object with a list of values for each feature; unknown names are refused."""
    fields: list[Any] = [
        (f"f{i}", list[feature.decoded_type])  # type: ignore[name-defined]
        if feature.required
        else (f"f{i}", list[feature.decoded_type] | None, None)  # type: ignore[name-defined]
        for i, feature in enumerate(features)
    ]
    return _struct("Columns", fields, features, strict=True)


def _struct(
    name: str, fields: list[Any], features: Sequence[FeatureSpec], strict: bool
) -> type[msgspec.Struct]:
    names = {f"f{i}": feature.name for i, feature in enumerate(features)}
    return msgspec.defstruct(name, fields, rename=names, kw_only=True, forbid_unknown_fields=strict, gc=False)
