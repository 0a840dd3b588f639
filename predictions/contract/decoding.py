"""How JSON is decoded: into the types of a signature in one step, or as whatever it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from predictions.contract.feature import FeatureSpec
from predictions.contract.field_errors import InvalidInput

UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
MOST_DIGITS = 400  # more than any double has


def decode(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    """Decode by a typed decoder. Raises one of `UNDECODABLE`.

    It does not look into what it skips: names and values of unknown fields could be no UTF-8.
    """
    if not body.isascii():
        body.decode()
    return decoder.decode(body)


def any_json(body: bytes) -> Any:
    """Decode with the standard library, which lets NaN and 1e400 through to be named by field.

    Raises `InvalidInput` naming the body where it is no JSON. The library would take UTF-16, and halves of
    surrogate pairs, if it were given bytes.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_whole)
    except UnicodeDecodeError:
        raise InvalidInput.of_body("Input should be JSON in UTF-8") from None
    except (ValueError, RecursionError):
        raise InvalidInput.of_body("Input should be valid JSON") from None


def _whole(digits: str) -> int | float:
    """Python makes no whole number of thousands of digits; as a float it is infinite, and named by field."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


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
