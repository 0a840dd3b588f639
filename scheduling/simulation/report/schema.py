"""What a simulation found, as values: for the table, the page and JSON. The schema of what is stored.

The web tier reads it: nothing here needs numpy.
"""

from typing import Any

import msgspec


class Base(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All are made by keyword, and never changed."""


class Estimate(Base, frozen=True, kw_only=True):
    """A mean over periods with its interval; no ends where there is one period only."""

    mean: float
    low: float | None
    high: float | None


class Share(Base, frozen=True, kw_only=True):
    """So many of so many, with the interval of the share."""

    count: int
    total: int
    low: float | None = None
    high: float | None = None


class Step(Base, frozen=True, kw_only=True):
    """One policy's decision in one period. `regret` is None without hindsight."""

    period: int
    promoted: bool
    verdict: str
    regret: float | None
    flip: str  # "false", "missed", or empty


class Played(Base, frozen=True, kw_only=True):
    """One policy. `settings` are those of the gate policy; a yardstick has none."""

    words: str
    settings: dict[str, Any]
    is_current: bool
    is_recommended: bool
    steps: list[Step]
    promotions: int
    served: float | None  # the metric's mean over the periods with hindsight, of what was live
    regret: Estimate | None
    false_flips: Share
    missed_flips: Share
    behind: Estimate | None  # its regret less that of the best policy, paired by period; None for the best


class PeriodRow(Base, frozen=True, kw_only=True):
    """One period: its datasets, and the candidate, or why there is none. Ids are those of datasets."""

    evaluation: int
    rows: int
    registered_at: str
    training: int | None
    candidate: str
    problem: str


class Advice(Base, frozen=True, kw_only=True):
    """What follows. `kind`: too_short, keep or change; `more` is how many periods more are needed."""

    kind: str
    sentences: list[str]
    more: int | None = None


class Report(Base, frozen=True, kw_only=True):
    """All of it. `hindsight` counts the decisions that a later period speaks of."""

    model: str
    metric: str
    greater_is_better: bool
    candidates: str
    periods: list[PeriodRow]
    left_out: list[str]
    hindsight: int
    level: float  # of the intervals of `behind`
    policies: list[Played]
    advice: Advice


class ReportUnreadable(Exception):
    """The stored values do not have the schema: another version of the program wrote them."""


def as_stored(report: Report) -> dict[str, Any]:
    """Return it as JSON can hold it."""
    return dict(msgspec.to_builtins(report))


def from_stored(stored: Any) -> Report:
    """Return the same report. Raises `ReportUnreadable`."""
    try:
        return msgspec.convert(stored, Report)
    except msgspec.ValidationError as error:
        raise ReportUnreadable(str(error)) from None
