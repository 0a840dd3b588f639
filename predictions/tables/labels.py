"""What the output column says of the task and its labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from predictions.contract.fields import WHOLE_MAX
from predictions.contract.numbers import counted
from predictions.tables.kinds.column import Column
from predictions.tables.kinds.numbers import LEADING_ZERO, NO_VALUE, NUMBER, TOO_LARGE, WHOLE
from predictions.tables.typed import numbers, texts

if TYPE_CHECKING:
    import pandas as pd

CLASSIFICATION, REGRESSION = "classification", "regression"
LEAST_ROWS = 10
FEW_LABELS = 20  # different numbers: labels or amounts
MOST_LABELS = 200


@dataclass(frozen=True, kw_only=True)
class Output:
    """The task with its labels; or what is asked, or wrong, about it."""

    task: str = ""
    labels: tuple[Any, ...] = ()
    question: str = ""
    choices: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # labels that may be slips


def look_at_output(column: Column, task: str | None) -> Output:
    """Return task and labels of the output column; `task` is what a person said."""
    if column.rows < LEAST_ROWS:
        return Output(
            question=f"only {counted(column.rows, 'row')} with a label. At least {LEAST_ROWS} are needed"
        )
    different = len(column.counts)
    if different == 1:
        return Output(question="all rows have the same label, so there is nothing to learn")
    values = values_of(column)
    is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if task == REGRESSION and not is_number:
        return Output(question=_not_numbers(column))
    if task is None and is_number and different > 2:
        if _may_be_either(column, different):
            what = f"it has {different} different numbers: labels (classification) or amounts (regression)?"
            return Output(question=what, choices=(CLASSIFICATION, REGRESSION))
        task = REGRESSION
    if task == REGRESSION:
        return Output(task=REGRESSION)
    if different > MOST_LABELS:
        return Output(question=f"it has {different} different labels, and at most {MOST_LABELS} are possible")
    if is_number and max(map(abs, values)) >= WHOLE_MAX:
        return Output(question=f"{TOO_LARGE}. Write these labels as text")
    if row := column.first(str.isspace) if column.matching(str.isspace) else 0:
        return Output(question=f"a label is nothing but blanks (first in row {row}). Leave that cell empty")
    return Output(task=CLASSIFICATION, labels=tuple(sorted(values)), notes=tuple(_slips(column)))


def _slips(column: Column) -> Iterator[str]:
    """Labels that are written like another one, or like no label: people may mean it, so it is told."""
    seen: dict[str, str] = {}
    for label in map(str, column.counts.sort_values(ascending=False, kind="stable").index):
        row, key = column.first(label.__eq__), label.strip().casefold()
        if key in seen:
            yield f"The labels “{seen[key]}” and “{label}” (first in row {row}) count as two."
        elif key in NO_VALUE:
            yield f"“{label}” (first in row {row}) counts as a label, not as a missing one."
        seen.setdefault(key, label)


def _may_be_either(column: Column, different: int) -> bool:
    return different <= FEW_LABELS and column.rows >= 2 * different


def _not_numbers(column: Column) -> str:
    def is_other(text: str) -> bool:
        return not NUMBER.fullmatch(text)

    count, first = column.matching(is_other), column.first(is_other)
    return f"a regression needs numbers, but {count} of {column.rows} values (first in row {first}) are none"


def values_of(column: Column) -> list[Any]:
    """The different labels: whole numbers, numbers or truth values if all are, else text."""
    known = column.counts.index
    if all(isinstance(value, bool) for value in known.tolist()):
        return known.tolist()
    written: list[str] = texts(known.to_series()).tolist() if column.is_declared else [*map(str, known)]
    if column.is_declared and column.cells.dtype.kind not in "iuf":
        return written
    if {text.lower() for text in written} <= {"true", "false"}:
        return sorted({text.lower() == "true" for text in written})
    if all(NUMBER.fullmatch(text) and not LEADING_ZERO.fullmatch(text) for text in written):
        found: pd.Series = numbers(known.to_series())
        whole = all(WHOLE.fullmatch(text) for text in written)
        return sorted({int(value) if whole else float(value) for value in found.tolist()})
    return written
