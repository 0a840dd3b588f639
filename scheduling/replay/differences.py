"""An outcome on record against one computed again, figure by figure, to the bit. Times are no figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scheduling.evidence.outcomes import Outcome
from scheduling.models import CheckResult

COLUMNS = ("level", "blocking", "message", "statistics", "measured", "limit", "details")
OF_THE_PROGRAM = "details.traceback"  # names lines of code
ABSENT = "absent"
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure that is not what it was."""

    check: str
    figure: str  # measured.gain.low
    stored: Any
    recomputed: Any

    @property
    def is_rounding(self) -> bool:
        """Whether two numbers agree in nine digits: another processor or library adds up so."""
        if not all(_is_number(one) for one in (self.stored, self.recomputed)):
            return False
        return math.isclose(self.stored, self.recomputed, rel_tol=ROUNDING, abs_tol=ROUNDING)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """How many figures were compared, those that differ, and those that the record has none of."""

    figures: int
    differences: list[Difference]
    unrecorded: list[str]


def compare(check: str, stored: CheckResult | None, recomputed: Outcome) -> Compared:
    """Compare every leaf of both; what only the record has differs, what only is new is named."""
    before = dict(_leaves(stored)) if stored else {"outcome": ABSENT}
    now = dict(_leaves(recomputed)) if stored else {"outcome": recomputed.level.value}
    names = [name for name in before if name != OF_THE_PROGRAM]
    return Compared(
        figures=len(names),
        differences=[
            Difference(check=check, figure=name, stored=before[name], recomputed=now.get(name, ABSENT))
            for name in names
            if not _equal(before[name], now.get(name, ABSENT))
        ],
        unrecorded=[f"{check}.{name}" for name in now if name not in before and name != OF_THE_PROGRAM],
    )


def _leaves(outcome: CheckResult | Outcome) -> Iterator[tuple[str, Any]]:
    for column in COLUMNS:
        yield from _leaves_of(column, getattr(outcome, column))


def _leaves_of(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """An empty object is its own leaf, or it would be nothing that can be missed."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves_of(f"{path}.{key}", inner)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from _leaves_of(f"{path}[{place}]", inner)
    else:
        yield path, value


def _equal(stored: Any, recomputed: Any) -> bool:
    """PostgreSQL gives 1e300 back as a whole number: numbers are compared as floating point."""
    if isinstance(stored, bool) or isinstance(recomputed, bool):
        return stored is recomputed
    if _is_number(stored) and _is_number(recomputed):
        return float(stored) == float(recomputed)
    return bool(stored == recomputed)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
