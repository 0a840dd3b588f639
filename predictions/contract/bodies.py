"""Bodies under `/api/`: one row, many rows or columns, to rows in the order of the features.

Strict: unknown fields and numbers in strings are errors. The fast path is one typed decode. Only what it
refuses is read value by value, to name the rows and fields that are wrong.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from predictions.contract import decoding, moments
from predictions.contract.decoding import (
    UNDECODABLE,
    Row,
    any_json,
    columns_type,
    decode,
    decoder_of,
    row_type,
)
from predictions.contract.fields import InvalidInput
from predictions.contract.signature import SignatureSpec


class TooManyRows(Exception):
    """More rows than one request may have."""


class Decoded(Sequence[Row]):
    """Rows that become tuples one by one, as they are read: ten thousand at once do not fit in a cache."""

    def __init__(self, objects: list[msgspec.Struct]) -> None:
        self._objects = objects

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[Row]:
        return map(astuple, self._objects)

    def __getitem__(self, position: Any) -> Any:
        return astuple(self._objects[position])


class Asked(NamedTuple):
    """The rows of a request, and whether the client sent many and gets lists."""

    rows: Sequence[Row]
    many: bool
    body: bytes | None = None  # only if the typed decode would read it again


class BodyReader:
    """Reads bodies for one signature; its decoders are built once."""

    def __init__(self, spec: SignatureSpec) -> None:
        row, self._columns = row_type(spec.features, strict=True), columns_type(spec.features)
        table: Any = msgspec.defstruct("Table", [("columns", self._columns)], forbid_unknown_fields=True)
        self._features = spec.features
        self._row, self._table = decoder_of(row), decoder_of(table)
        self._rows = decoder_of(list[row])  # type: ignore[valid-type]

    def read(self, body: bytes, *, most: int) -> Asked:
        """Return the rows. Raises `InvalidInput` naming rows and fields, or `TooManyRows` over `most`."""
        # An object whose only key is "columns", with an object as its value, is a table. No value of a row
        # is an object, so a feature of this name makes no confusion.
        asked = self._decode(body)
        if asked is None:
            given = any_json(body)
            refuse_too_many(decoding.count(given), most)
            many = isinstance(given, list) or decoding.is_table(given)
            asked = Asked(decoding.walk_rows(given, self._features), many=many)
        refuse_too_many(len(asked.rows), most)
        if not asked.rows:
            raise InvalidInput.of_body("Input should have at least one row")
        return asked

    def read_columns(self, given: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
        """Return the rows of columns that are decoded already. Raises `InvalidInput`."""
        try:
            return _rows_of(msgspec.convert(given, self._columns, dec_hook=moments.decoded))
        except UNDECODABLE:
            return decoding.walk_rows({"columns": given}, self._features)

    def _decode(self, body: bytes) -> Asked | None:
        """The fast path; None if it refuses."""
        try:
            if body.lstrip()[:1] == b"[":
                return Asked(Decoded(decode(self._rows, body)), many=True, body=body)
            try:
                return Asked([astuple(decode(self._row, body))], many=False)
            except UNDECODABLE:
                return Asked(_rows_of(decode(self._table, body).columns), many=True, body=body)
        except UNDECODABLE:
            return None


def _rows_of(columns: msgspec.Struct) -> list[tuple[Any, ...]]:
    lists = astuple(columns)
    lengths = {len(values) for values in lists if values is not None}
    if len(lengths) != 1:
        raise msgspec.ValidationError  # no columns, or of different lengths
    missing = [None] * lengths.pop()
    return list(zip(*(missing if values is None else values for values in lists), strict=True))


def refuse_too_many(rows: int, most: int) -> None:
    """Raise `TooManyRows` for more than `most`."""
    if rows > most:
        limit = f"at most {most} are allowed"
        raise TooManyRows(f"The request has {rows} rows; {limit}. Send them in several requests.")
