"""What checks and gate answer: a level, an outcome with measurement and limit, a decision."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from scheduling.evidence.sentences import sentences_of
from scheduling.statistics.comparison.verdict import Verdict


class Level(StrEnum):
    """How a check ended. Only `pass`, `warn` and `not_applicable` let a candidate go live."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"  # the check itself broke
    SKIPPED = "skipped"  # it did not run: never a pass
    NOT_APPLICABLE = "not_applicable"  # there is nothing to check, for example no champion

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")

    @property
    def lets_by(self) -> bool:
        """Whether a blocking check of this level allows a promotion."""
        return self in (Level.PASS, Level.WARN, Level.NOT_APPLICABLE)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A use of the evaluation set that is counted with the outcome: it spent some of alpha."""

    number: int
    alpha: float
    margin_factor: float
    metric: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One check's answer: always what was measured and the limit, also when it passed.

    `message` gives the verdict, the numbers behind it and what to do, in sentences. `statistics` is the line
    after it, for people who ask why: intervals, significance levels, tests. Both are public, as `measured`
    and `limit` are: counts, shares, names and limits. `details` are for those who may read the prediction
    log: cells, rows, values, edges, distributions, error texts of libraries. What was seen of features goes
    there through `values_of`: redacted features are nowhere.
    """

    level: Level
    message: str
    statistics: str = ""
    measured: dict[str, Any] = field(default_factory=dict)
    limit: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None
    spent: Spent | None = None
    blocking: bool = True
    seconds: float = 0.0

    @property
    def first_sentence(self) -> str:
        """The message's, without its full stop."""
        return sentences_of(self.message)[0].rstrip(".")

    @classmethod
    def judged(cls, problems: list[str], *, passed: str, **columns: Any) -> Outcome:
        """A fail with the problems as its sentences, or a pass that says `passed`."""
        level = Level.FAIL if problems else Level.PASS
        return cls(level=level, message=" ".join(problems) or passed, **columns)

    @classmethod
    def error(cls, message: str) -> Outcome:
        return cls(level=Level.ERROR, message=message)

    def storable(self) -> Outcome:
        """Replace NaN and infinities, which JSON does not have, by null; the message names them."""
        measured, lost = without_nan(self.measured)
        details, _ = without_nan(self.details)
        note = f" Not a number, therefore stored as null: {', '.join(lost)}." if lost else ""
        return replace(self, measured=measured, details=details, message=self.message + note)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What happens to a candidate, and why.

    `promoted`, `kept`, `cannot_tell` or `blocked`; instead of the first, `awaiting_approval` where a person
    promotes, and `would_promote` in a dry run.
    """

    kind: str
    reason: str


def without_nan(value: Any, name: str = "") -> tuple[Any, list[str]]:
    """Return a copy without NaN or infinity, and the names of what was dropped."""
    if isinstance(value, dict):
        pairs = {key: without_nan(inner, str(key)) for key, inner in value.items()}
        return {k: v for k, (v, _) in pairs.items()}, [n for _, ns in pairs.values() for n in ns]
    if isinstance(value, list | tuple):
        items = [without_nan(inner, name) for inner in value]
        return [v for v, _ in items], [n for _, ns in items for n in ns]
    if isinstance(value, float) and not math.isfinite(value):
        return None, [name]
    return value, []


def values_of(features: Iterable[str], values: Any, *, redacted: frozenset[str]) -> Any:
    """Return what was seen of some features; None where one of them is redacted."""
    return None if redacted.intersection(features) else values


def of_any_feature(values: Any, *, redacted: frozenset[str]) -> Any:
    """Return what may hold a value of any feature, such as a library's text; None where one is redacted."""
    return None if redacted else values
