"""How JSON is decoded: into the types of a signature in one step, or into plain Python objects."""

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

    The decoder does not check the fields that it skips, so this checks that they are UTF-8.
    """
    if not body.isascii():
        body.decode()
    return decoder.decode(body)


def any_json(body: bytes) -> Any:
    """Decode with the standard library, which accepts NaN and 1e400, so that errors can name their field.

    Raises `InvalidInput` for the field "body" if it is not JSON. Given bytes, the library would accept
    UTF-16 and halves of surrogate pairs.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_whole)
    except UnicodeDecodeError:
        raise InvalidInput.of_body("Input should be JSON in UTF-8") from None
    except (ValueError, RecursionError):
        raise InvalidInput.of_body("Input should be valid JSON") from None


def _whole(digits: str) -> int | float:
    """Python refuses integers of thousands of digits. As a float it is infinite: an error by field."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def row_type(features: Sequence[FeatureSpec], *, strict: bool = False) -> type[msgspec.Struct]:
    """Return the type of an object with one value for each feature, in their order."""
    return _struct("Row", features, [feature.decoded_type for feature in features], strict)


def columns_type(features: Sequence[FeatureSpec]) -> type[msgspec.Struct]:
    """Return the type of an object with a list of values for each feature; unknown names are errors."""
    types = [list[feature.decoded_type] for feature in features]  # type: ignore[name-defined]
    return _struct("Columns", features, types, strict=True)


def _struct(
    name: str, features: Sequence[FeatureSpec], types: list[Any], strict: bool
) -> type[msgspec.Struct]:
    """Names of features need not be identifiers, so the fields are f0, f1, …."""
    fields: list[Any] = []
    for i, (feature, kind) in enumerate(zip(features, types, strict=True)):
        fields.append((f"f{i}", kind) if feature.required else (f"f{i}", kind | None, None))
    names = {f"f{i}": feature.name for i, feature in enumerate(features)}
    return msgspec.defstruct(name, fields, rename=names, kw_only=True, forbid_unknown_fields=strict, gc=False)
