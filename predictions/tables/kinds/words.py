"""A column of text that has no numbers in it."""

import re

from predictions.contract.fields import Kind
from predictions.contract.numbers import counted
from predictions.tables.kinds.column import LEAST_OF_AN_ID, Column, Found

MOST_OF_A_LIST = 50  # values of a category
LEAST_OF_A_VALUE = 10  # rows for each value of a category, on average; and each occurs twice
MANY_TEXTS = 1000
WORDS = 5  # of a text that people wrote, on average

DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[-+]\d\d(:?\d\d)?)?)?")
OTHER_DATE = re.compile(r"\d{1,4}[./-](\d{1,2}|[A-Za-z]{3})[./-]\d{1,4}([ T]\d.*)?")


def other_than_text(column: Column) -> Found | None:
    """Return what booleans and dates are, or what has to be asked; None where it has others too."""
    if column.matching(lambda text: text.strip().lower() in ("true", "false")) == column.rows:
        return Found(kind=Kind.BOOL)
    if column.matching(DATE.fullmatch) == column.rows:
        what = "it has dates or times as text: moments (timestamp), or mere names (text)?"
        return Found(question=what, choices=("timestamp", "text", "drop"))
    if column.matching(OTHER_DATE.fullmatch) == column.rows:
        first = column.first(OTHER_DATE.fullmatch)
        what = f"it has dates in another form than ISO 8601 (first in row {first}). Write 2024-12-31"
        return Found(question=what, choices=("text", "drop"))
    return None


def text(column: Column) -> Found:
    """Return whether it is a closed list, or what has to be asked."""
    few = text_kind(column) is Kind.CATEGORY
    if few or _words(column) >= WORDS:
        return Found(kind=text_kind(column))
    if column.is_unique:
        what = "its texts are all different, as names and ids are"
        return Found(question=what, choices=("drop", "text"))
    different = len(column.counts)
    if different > MANY_TEXTS or (different >= LEAST_OF_AN_ID * 5 and different > column.rows / 2):
        what = f"it has {different} different texts in {counted(column.rows, 'row')}"
        return Found(question=what, choices=("drop", "text"))
    return Found(kind=Kind.TEXT)


def text_kind(column: Column) -> Kind:
    """A closed list where the values are few and each was seen again: else another one is likely to come."""
    counts = column.counts
    few = len(counts) <= min(MOST_OF_A_LIST, column.rows / LEAST_OF_A_VALUE) and counts.min() > 1
    return Kind.CATEGORY if few else Kind.TEXT


def _words(column: Column) -> float:
    some = [str(value) for value in column.counts.index[:200]]
    return sum(len(text.split()) for text in some) / len(some)
