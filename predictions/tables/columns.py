"""What one column of a file may be: its kind where the cells say it, else the question that decides it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from predictions.contract.feature_rules import MOST_CATEGORIES
from predictions.contract.fields import WHOLE_MAX, Kind
from predictions.tables.typed import is_text, texts, typed

if TYPE_CHECKING:
    import pandas as pd

FEW_CODES = 10  # whole numbers with so few values may be codes
LEAST_OF_AN_ID = 20  # rows that all differ
MOST_OF_A_LIST = 50  # values of a category
LEAST_OF_A_VALUE = 10  # rows for each value of a category, on average; and each occurs twice
MANY_TEXTS = 1000
MIXED = 0.8  # of the cells are numbers: the others are likely mistakes
WORDS = 5  # of a text that people wrote, on average

WHOLE = re.compile(r"\s*[-+]?\d+(\.0+)?\s*")
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
LEADING_ZERO = re.compile(r"\s*[-+]?0\d+\s*")
WITH_COMMA = re.compile(r"\s*[-+]?(\d+,\d+|\d{1,3}([., '\u00a0\u202f]\d{3})+([.,]\d+)?)\s*")
WITH_UNIT = re.compile(r"\s*[-+]?([$€£¥]\s?[-+]?\d[\d.,' ]*|\d[\d.,' ]*\s?[$€£¥%‰])\s*")
DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[-+]\d\d(:?\d\d)?)?)?")
ZONE = re.compile(r".*[T ].*(Z|[-+]\d\d(:?\d\d)?)")
OTHER_DATE = re.compile(r"\d{1,4}[./-](\d{1,2}|[A-Za-z]{3})[./-]\d{1,4}([ T]\d.*)?")
NO_VALUE = {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", ".", "missing"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A kind, or the question whose answer is one of `choices`: kinds, or "drop"."""

    kind: Kind | None = None
    dtype: str = ""  # what a model is given, where the kind does not say it
    note: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a file, counted. `begins` is the number of its first row in messages."""

    cells: pd.Series
    begins: int = 2

    @cached_property
    def is_declared(self) -> bool:
        """Whether the file says its type (Parquet), so that nothing of it is guessed from text."""
        return str(self.cells.dtype) != "object"

    @cached_property
    def counts(self) -> pd.Series:
        """How often each value occurs, most frequent first."""
        known = self.cells.dropna()
        return (known.astype("object") if str(known.dtype) == "category" else known).value_counts()

    @cached_property
    def rows(self) -> int:
        """Rows with a value."""
        return int(self.counts.sum())

    @cached_property
    def is_plain_fractions(self) -> bool:
        """Whether all cells are finite numbers, some with a fraction, none like 007: found out fast."""
        import numpy as np
        import pandas as pd

        texts = self.counts.index
        values = pd.to_numeric(texts.to_series(), errors="coerce").to_numpy(float)
        if not np.isfinite(values).all() or not (values % 1).any():
            return False
        return not any(text.lstrip(" +-0")[:1].isdigit() and text.lstrip(" +-")[0] == "0" for text in texts)

    def matching(self, test: Callable[[str], object]) -> int:
        """The number of rows whose text passes a test."""
        return int(sum(count for value, count in self.counts.items() if test(str(value))))

    def first(self, test: Callable[[str], object]) -> int:
        """The number of the first row whose text passes a test, as the file's reader counts."""
        passing = {value for value in self.counts.index if test(str(value))}
        return int(self.cells.isin(passing).to_numpy().argmax()) + self.begins


def look_at(column: Column) -> Found:
    """Return what the column is, or what has to be asked."""
    if not column.rows:
        return Found(question="it has no value in any row", choices=("drop", "float", "text"))
    if column.is_declared:
        return _declared(column)
    return _number(column) or _other_than_text(column) or _text(column)


def _declared(column: Column) -> Found:
    from pandas.api import types

    dtype = column.cells.dtype
    if isinstance(dtype, types.CategoricalDtype):
        if is_text(column.cells):
            return Found(kind=Kind.CATEGORY, dtype="category")
        return Found(kind=_kind_of(dtype.categories.dtype))
    if types.is_datetime64_any_dtype(dtype):
        return Found(kind=Kind.TIMESTAMP, dtype=str(dtype))
    if is_text(column.cells):
        return _text(column)
    kind = _kind_of(dtype)
    if kind is Kind.INT:
        return _declared_whole(column)
    infinite = int(column.cells.isin([math.inf, -math.inf]).sum()) if kind is Kind.FLOAT else 0
    return Found(kind=kind, note=f"{infinite} values are infinite, and count as missing" if infinite else "")


def _declared_whole(column: Column) -> Found:
    """A type that a file declares is what a model was fitted with: only numbers in a row are asked about."""
    low, high = int(column.counts.index.min()), int(column.counts.index.max())
    if max(abs(low), abs(high)) > WHOLE_MAX:
        return Found(question=TOO_LARGE, choices=("text", "drop"))
    if is_unique(column) and high - low == column.rows - 1:
        return Found(question=ALL_DIFFERENT, choices=("drop", "int"))
    return Found(kind=Kind.INT)


def _kind_of(dtype: object) -> Kind:
    from pandas.api import types

    if types.is_bool_dtype(dtype):
        return Kind.BOOL
    return Kind.INT if types.is_integer_dtype(dtype) else Kind.FLOAT


def no_value(text: str) -> bool:
    """Whether a cell of numbers says that there is none."""
    return text.strip().lower() in NO_VALUE


def is_number(text: str) -> bool:
    """Whether it is written as a number, and as one that 64 bits hold: 1e400 would be infinite."""
    return bool(NUMBER.fullmatch(text)) and math.isfinite(float(text))


def _number(column: Column) -> Found | None:
    if column.is_plain_fractions:
        return Found(kind=Kind.FLOAT)
    with_unit = column.matching(WITH_UNIT.fullmatch)
    if with_unit and with_unit + column.matching(is_number) + column.matching(no_value) == column.rows:
        where = column.first(WITH_UNIT.fullmatch)
        return Found(question=UNITS.format(with_unit, column.rows, where), choices=("text", "drop"))
    if column.matching(LEADING_ZERO.fullmatch):
        is_plain = column.matching(NUMBER.fullmatch) == column.rows
        return Found(kind=_text_kind(column), note=LEADING) if is_plain else None
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
    note = f"{gaps} cells say NA, null or the like, and count as missing" if gaps else ""
    if column.matching(WHOLE.fullmatch) < known:
        return Found(kind=Kind.FLOAT, note=note)
    return _whole(column, note)


LEADING = "digits with leading zeros are taken as text"
COMMAS = (
    "{} of {} values, the first in row {}, are numbers with a decimal comma or separated thousands. Write "
    "them like 1234.5 (pandas reads them with decimal=',' or thousands='.')"
)
UNITS = "{} of {} values, the first in row {}, are numbers with a sign such as % or $. Write the number alone"
TOO_LARGE = "it has whole numbers above 2^53, which no model can tell apart"
ALL_DIFFERENT = "its whole numbers are all different, as those of an id are"
OTHERS = "{} of {} values, the first in row {}, are not numbers; as float they count as missing"


def _whole(column: Column, note: str) -> Found:
    values = column.cells.map(lambda cell: None if no_value(str(cell)) else float(cell), na_action="ignore")
    counts = values.dropna().astype("float64").value_counts()
    if max(abs(counts.index.max()), abs(counts.index.min())) > WHOLE_MAX:
        return Found(question=TOO_LARGE, choices=("text", "drop"))
    if is_unique(column):
        return Found(question=ALL_DIFFERENT, choices=("drop", "int"))
    if 2 < len(counts) <= FEW_CODES and not _are_counts(counts):
        what = f"it has {len(counts)} different whole numbers: amounts (int) or codes (category)?"
        return Found(question=what, choices=("int", "category", "drop"))
    with_point = column.matching(lambda text: "." in text and not no_value(text))
    return Found(kind=Kind.FLOAT if with_point else Kind.INT, note=note)


def _are_counts(counts: pd.Series) -> bool:
    """Whether 0 is the most frequent value, and then 1: as of things that are counted, not of codes."""
    return counts.index[:2].tolist() == [0, 1] and counts.index.min() >= 0


def is_unique(column: Column) -> bool:
    """Whether no two of its rows, twenty or more, have the same value."""
    return len(column.counts) == column.rows >= LEAST_OF_AN_ID


def _other_than_text(column: Column) -> Found | None:
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


def _text(column: Column) -> Found:
    few = _text_kind(column) is Kind.CATEGORY
    if few or _words(column) >= WORDS:
        return Found(kind=_text_kind(column))
    if is_unique(column):
        what = "its texts are all different, as names and ids are"
        return Found(question=what, choices=("drop", "text"))
    different = len(column.counts)
    if different > MANY_TEXTS or (different >= LEAST_OF_AN_ID * 5 and different > column.rows / 2):
        what = f"it has {different} different texts in {column.rows} rows"
        return Found(question=what, choices=("drop", "text"))
    return Found(kind=Kind.TEXT)


def _text_kind(column: Column) -> Kind:
    """A closed list where the values are few and each was seen again: else another one is likely to come."""
    counts = column.counts
    few = len(counts) <= min(MOST_OF_A_LIST, column.rows / LEAST_OF_A_VALUE) and counts.min() > 1
    return Kind.CATEGORY if few else Kind.TEXT


def _words(column: Column) -> float:
    some = [str(value) for value in column.counts.index[:200]]
    return sum(len(text.split()) for text in some) / len(some)


def answered(column: Column, kind: Kind) -> Found:
    """Return what a person said that it is, or what speaks against it."""
    cells = column.cells
    values = typed(cells, kind)
    lost = int((values.isna() & cells.notna()).sum())
    if column.rows and lost == column.rows:
        return Found(question=f"no value can be read as {kind}", choices=("text", "drop"))
    if kind is Kind.INT and (values.dropna() % 1).any():
        return Found(question="it has fractions, so it is no int", choices=("float", "drop"))
    if kind is Kind.CATEGORY and len(column.counts) > MOST_CATEGORIES:
        return Found(question=f"a category has at most {MOST_CATEGORIES} values", choices=("text", "drop"))
    note = f"{lost} values are no {kind}, and count as missing" if lost else ""
    return Found(kind=kind, dtype=_dtype(column, kind), note=note)


def _dtype(column: Column, kind: Kind) -> str:
    """How a model gets the column, where its kind does not say so."""
    if kind is Kind.TIMESTAMP:
        return zoned(column)
    return "category" if kind is Kind.CATEGORY and str(column.cells.dtype) == "category" else ""


def zoned(column: Column) -> str:
    """The dtype of timestamps: with a zone where the values have one."""
    if column.is_declared and not is_text(column.cells):
        return str(column.cells.dtype)
    return "datetime64[us, UTC]" if column.matching(ZONE.fullmatch) else "datetime64[us]"


def categories_of(column: Column) -> tuple[str, ...]:
    """Its texts, sorted; those that the file declares, in its order."""
    cells = column.cells
    if str(cells.dtype) == "category" and is_text(cells):
        return tuple(map(str, cells.cat.categories))
    return tuple(sorted(texts(cells).dropna().unique()))
