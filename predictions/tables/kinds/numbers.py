"""A column of text that has numbers in it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from predictions.contract.fields import WHOLE_MAX, Kind
from predictions.contract.numbers import counted
from predictions.tables.kinds.column import Column, Found
from predictions.tables.kinds.words import text_kind

if TYPE_CHECKING:
    import pandas as pd

FEW_CODES = 10  # whole numbers with so few values may be codes
MIXED = 0.8  # of the cells are numbers: the others are likely mistakes

WHOLE = re.compile(r"\s*[-+]?\d+(\.0+)?\s*")
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
LEADING_ZERO = re.compile(r"\s*[-+]?0\d+\s*")
WITH_COMMA = re.compile(r"\s*[-+]?(\d+,\d+|\d{1,3}([., '\u00a0\u202f]\d{3})+([.,]\d+)?)\s*")
WITH_UNIT = re.compile(r"\s*[-+]?([$€£¥]\s?[-+]?\d[\d.,' ]*|\d[\d.,' ]*\s?[$€£¥%‰])\s*")
NO_VALUE = {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", ".", "missing"}

LEADING = "digits with leading zeros are taken as text"
COMMAS = (
    "{} of {} values, the first in row {}, are numbers with a decimal comma or separated thousands. Write "
    "them like 1234.5 (pandas reads them with decimal=',' or thousands='.')"
)
UNITS = "{} of {} values, the first in row {}, are numbers with a sign such as % or $. Write the number alone"
TOO_LARGE = "it has whole numbers above 2^53, which no model can tell apart"
ALL_DIFFERENT = "its whole numbers are all different, as those of an id are"
OTHERS = "{} of {} values, the first in row {}, are not numbers; as float they count as missing"


def no_value(text: str) -> bool:
    """Whether a cell of numbers says that there is none."""
    return text.strip().lower() in NO_VALUE


def is_number(text: str) -> bool:
    """Whether it is written as a number, and as one that 64 bits hold: 1e400 would be infinite."""
    return bool(NUMBER.fullmatch(text)) and math.isfinite(float(text))


def number(column: Column) -> Found | None:
    """Return which numbers it has, or what has to be asked of them; None where it has others too."""
    if column.is_plain_fractions:
        return Found(kind=Kind.FLOAT)
    with_unit = column.matching(WITH_UNIT.fullmatch)
    if with_unit and with_unit + column.matching(is_number) + column.matching(no_value) == column.rows:
        where = column.first(WITH_UNIT.fullmatch)
        return Found(question=UNITS.format(with_unit, column.rows, where), choices=("text", "drop"))
    if column.matching(LEADING_ZERO.fullmatch):
        is_plain = column.matching(NUMBER.fullmatch) == column.rows
        return Found(kind=text_kind(column), note=LEADING) if is_plain else None
    gaps = column.matching(no_value)
    known, good = column.rows - gaps, column.matching(is_number)
    with_comma = column.matching(WITH_COMMA.fullmatch)
    if with_comma and good + with_comma == known:
        return Found(question=COMMAS.format(with_comma, column.rows, column.first(WITH_COMMA.fullmatch)),
                     choices=("text", "drop"))  # fmt: skip
    if not known or good < MIXED * known:
        return None
    if good < known:
        where = column.first(lambda text: not is_number(text) and not no_value(text))
        return Found(
            question=OTHERS.format(known - good, column.rows, where), choices=("float", "text", "drop")
        )
    note = f"{counted(gaps, 'cell')} with NA, null or the like, counted as missing" if gaps else ""
    if column.matching(WHOLE.fullmatch) < known:
        return Found(kind=Kind.FLOAT, note=note)
    return _whole(column, note)


def _whole(column: Column, note: str) -> Found:
    values = column.cells.map(lambda cell: None if no_value(str(cell)) else float(cell), na_action="ignore")
    counts = values.dropna().astype("float64").value_counts()
    if max(abs(counts.index.max()), abs(counts.index.min())) > WHOLE_MAX:
        return Found(question=TOO_LARGE, choices=("text", "drop"))
    if column.is_unique:
        return Found(question=ALL_DIFFERENT, choices=("drop", "int"))
    if 2 < len(counts) <= FEW_CODES and not _are_counts(counts):
        what = f"it has {len(counts)} different whole numbers: amounts (int) or codes (category)?"
        return Found(question=what, choices=("int", "category", "drop"))
    with_point = column.matching(lambda text: "." in text and not no_value(text))
    return Found(kind=Kind.FLOAT if with_point else Kind.INT, note=note)


def _are_counts(counts: pd.Series) -> bool:
    """Whether 0 is the most frequent value, and then 1: as of things that are counted, not of codes."""
    return counts.index[:2].tolist() == [0, 1] and counts.index.min() >= 0
