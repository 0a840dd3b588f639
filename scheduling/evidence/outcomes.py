"""The words that checks and gate speak: a level, an outcome with measurement and limit, a decision."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from scheduling.statistics.comparison.verdict import Verdict


class Level(StrEnum):
    """How a check ended. Only `pass`, `warn` and `not_applicable` let a candidate by."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"  # the check itself broke
    SKIPPED = "skipped"  # it was not asked: never a pass
    NOT_APPLICABLE = "not_applicable"  # there is nothing to ask, such as a champion

    @property
    def label(self) -> str:
        """For people."""
        return self.value.replace("_", " ")

    @property
    def lets_by(self) -> bool:
        """Whether a blocking check of this level allows a flip."""
        return self in (Level.PASS, Level.WARN, Level.NOT_APPLICABLE)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A look at the evaluation set that is to be counted with the outcome: it spent some of alpha."""

    number: int
    alpha: float
    margin_factor: float
    metric: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One check's answer: always what was measured and the limit, on a pass too.

    `message` is for people: the verdict, the numbers that show it, what to do. `statistics` is the line after
    it, for those who ask why: intervals, significance levels, tests. Both are public, as `measured` and
    `limit` are: counts, shares, names and limits. `details` are for those
    who may read the prediction log: cells, rows, values, edges, distributions, texts of others' errors.
    What was seen of features goes there through `redaction.values_of`: where they are redacted it is nowhere.
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

    @classmethod
    def judged(cls, problems: list[str], *, passed: str, **columns: Any) -> Outcome:
        """A fail that lists the problems, or a pass that says `passed`."""
        if problems:
            return cls(level=Level.FAIL, message="; ".join(problems), **columns)
        return cls(level=Level.PASS, message=passed, **columns)

    @classmethod
    def error(cls, message: str) -> Outcome:
        """The check could not answer: not a pass."""
        return cls(level=Level.ERROR, message=message)

    def storable(self) -> Outcome:
        """The same with numbers that JSON has: NaN and infinities become null, and are told of."""
        measured, lost = without_nan(self.measured)
        details, _ = without_nan(self.details)
        note = f" (not a number: {', '.join(lost)})" if lost else ""
        return replace(self, measured=measured, details=details, message=self.message + note)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of a candidate, and why.

    `promoted`, `kept`, `cannot_tell` or `blocked`; in place of the first `awaiting_approval` where a
    person flips, and `would_promote` where nobody does.
    """

    kind: str
    reason: str

    @property
    def promotes(self) -> bool:
        """Whether the candidate goes live."""
        return self.kind == "promoted"

    @property
    def waits(self) -> bool:
        """Whether a person is asked."""
        return self.kind == "awaiting_approval"


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
