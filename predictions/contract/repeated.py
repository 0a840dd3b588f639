"""A name that a JSON object has twice: decoders keep its last value silently, so it is refused.

A body's quotation marks tell whether it can have one: each name and each text has two, and a name that comes
twice makes more of them, as do unknown names and escaped marks. Only then are all names compared.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from predictions.contract.decoding import Row, any_json, decode, decoder_of, row_type
from predictions.contract.fields import FeatureSpec

MARK = ord('"')


class Names:
    """Refuses bodies of one signature, which a typed decoder has accepted already.

    A row with as many quotation marks as `marks` has no name twice: `refuse_row` need not be called.
    """

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._texts = [place for place, feature in enumerate(features) if feature.kind.is_json_text]
        self._optional = [place for place, feature in enumerate(features) if not feature.required]
        self._marks = 2 * (len(features) + len(self._texts))  # of a row that has everything
        self.marks = -1 if self._optional else self._marks
        row = row_type(features, absent=msgspec.UNSET)
        self._row, self._rows = decoder_of(row), decoder_of(list[row])  # type: ignore[valid-type]

    def refuse_row(self, body: bytes, row: Row) -> None:
        """Raise `InvalidInput` if the one row, as it was read, has a name twice."""
        missing = self._missing([decode(self._row, body)]) if None in row else 0
        _refuse_unless(body, self._marks - missing)

    def refuse_rows(self, body: bytes, count: int) -> None:
        """Raise `InvalidInput` if one of so many rows has a name twice."""
        missing = self._missing(decode(self._rows, body)) if self._optional and count else 0
        _refuse_unless(body, self._marks * count - missing)

    def refuse_columns(self, body: bytes, columns: Sequence[list[Any] | None]) -> None:
        """Raise `InvalidInput` if the table has a column twice."""
        texts = [values for place in self._texts if (values := columns[place]) is not None]
        names = 1 + len(columns) - columns.count(None)
        _refuse_unless(body, 2 * (names + sum(len(values) - values.count(None) for values in texts)))

    def _missing(self, rows: list[msgspec.Struct]) -> int:
        """The marks of absent names, and of texts that are absent or null."""
        columns = list(zip(*map(astuple, rows), strict=True))
        absent = {place: columns[place].count(msgspec.UNSET) for place in self._optional}
        no_text = sum(absent[place] + columns[place].count(None) for place in absent if place in self._texts)
        return 2 * (sum(absent.values()) + no_text)


def _refuse_unless(body: bytes, marks: int) -> None:
    if body.count(MARK) != marks:
        any_json(body)
