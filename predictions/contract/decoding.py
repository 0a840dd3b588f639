"""How JSON is decoded: into the types of a signature in one step, or plain and then value by value."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from predictions.contract import moments
from predictions.contract.fields import FeatureSpec, FieldError, InvalidInput, check_field
from predictions.contract.numbers import counted

UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
MOST_DIGITS = 400  # more than any double has
MOST_ERRORS = 100  # named in one answer
MOST_SHOWN = 100  # characters of a name that a client sent
SHAPES = 'Input should be a row {…}, an array of rows [{…}, …], or {"columns": {name: [value, …], …}}'

Features = Sequence[FeatureSpec]
Row = tuple[Any, ...]


def decode(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    """Decode by a typed decoder. Raises one of `UNDECODABLE`."""
    # The decoder does not check the fields that it skips, so this checks that they are UTF-8.
    if not body.isascii():
        body.decode()
    return decoder.decode(body)


def decoder_of(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return the decoder of a type that `row_type` or `columns_type` made."""
    return msgspec.json.Decoder(kind, dec_hook=moments.decoded)


def any_json(body: bytes) -> Any:
    """Decode as plain values. Raises `InvalidInput` for the field "body" if it is not JSON."""
    # The standard library accepts NaN and 1e400, so errors can name their field. Given bytes, it would accept
    # UTF-16 and halves of surrogate pairs.
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


def _struct(name: str, features: Features, types: list[Any], strict: bool) -> type[msgspec.Struct]:
    """Names of features need not be identifiers, so the fields are f0, f1, …."""
    fields: list[Any] = []
    for i, (feature, kind) in enumerate(zip(features, types, strict=True)):
        fields.append((f"f{i}", kind) if feature.required else (f"f{i}", kind | None, None))
    names = {f"f{i}": feature.name for i, feature in enumerate(features)}
    return msgspec.defstruct(name, fields, rename=names, kw_only=True, forbid_unknown_fields=strict, gc=False)


def is_table(given: Any) -> bool:
    """Whether the decoded body is column-oriented."""
    return isinstance(given, dict) and given.keys() == {"columns"} and isinstance(given["columns"], dict)


def count(given: Any) -> int:
    """Return the number of rows of the decoded body, before any is checked."""
    if is_table(given):
        lists = [values for values in given["columns"].values() if isinstance(values, list)]
        return max(map(len, lists), default=0)
    return len(given) if isinstance(given, list) else 1


def walk_row(given: Any, features: Features) -> Row:
    """Return the one row, leniently: unknown fields are ignored, "1" is a number. Raises `InvalidInput`."""
    taken: list[Row] = []
    _raise_if_any(_check(given, features, taken, strict=False), most=None)
    return taken[0]


def walk_rows(given: Any, features: Features) -> list[Row]:
    """Return the rows of a decoded body, strictly. Raises `InvalidInput`, up to `MOST_ERRORS` of them."""
    taken: list[Row] = []
    if is_table(given):
        _raise_if_any(_misshapen(given["columns"], features))
        columns = given["columns"]
        given = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    if isinstance(given, list):
        _raise_if_any(e for i, row in enumerate(given) for e in _check(row, features, taken, number=i))
    elif isinstance(given, dict):
        _raise_if_any(_check(given, features, taken))
    else:
        raise InvalidInput.of_body(SHAPES)
    return taken


def _check(
    row: Any, features: Features, taken: list[Row], number: int | None = None, *, strict: bool = True
) -> Iterator[FieldError]:
    """Yield what is wrong with a row, and append its values to `taken`."""
    if not isinstance(row, dict):
        yield FieldError(field="body", message="Input should be a JSON object", row=number)
        return
    if strict:
        yield from _unknown(row, features, number)
    values = []
    for feature in features:
        value, problem = check_field(feature, row.get(feature.name, msgspec.UNSET), strict=strict)
        values.append(value)
        if problem:
            yield FieldError(field=feature.name, message=problem, row=number)
    taken.append(tuple(values))


def _unknown(names: Iterable[str], features: Features, number: int | None = None) -> Iterator[FieldError]:
    known = {feature.name for feature in features}
    for name in names:
        if name not in known:
            yield FieldError(field=_shown(name), message="Unknown field", row=number)


def _misshapen(columns: dict[str, Any], features: Features) -> Iterator[FieldError]:
    yield from _unknown(columns, features)
    if not columns:
        yield FieldError(field="columns", message="Input should have at least one column")
    length = None
    for name, values in columns.items():
        if not isinstance(values, list):
            yield FieldError(field=_shown(name), message="Input should be an array of values")
        elif length is None:
            length = len(values)
        elif len(values) != length:
            needed = counted(length, "value")
            message = f"Input should have {needed} like the first column, but it has {len(values)}"
            yield FieldError(field=_shown(name), message=message)


def _shown(name: str) -> str:
    """The client's own name, short; the answer cannot contain half of a surrogate pair."""
    return name[:MOST_SHOWN].encode(errors="replace").decode()


def _raise_if_any(found: Iterator[FieldError], *, most: int | None = MOST_ERRORS) -> None:
    if errors := list(islice(found, most)):
        raise InvalidInput(errors)
