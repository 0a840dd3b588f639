"""A recorded outcome compared with a recomputed one, figure by figure, to the last bit, but for times."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scheduling.evidence.outcomes import Outcome
from scheduling.models import CheckResult

COLUMNS = ("level", "blocking", "message", "statistics", "measured", "limit", "details")
OF_THE_PROGRAM = "details.traceback"  # names lines of code
ABSENT = "absent"
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure that has changed."""

    check: str
    figure: str  # measured.gain.low
    stored: Any
    recomputed: Any

    @property
    def is_rounding(self) -> bool:
        """Whether two numbers agree in nine digits: another processor or library may round differently."""
        both = (self.stored, self.recomputed)
        return _are_numbers(*both) and math.isclose(*both, rel_tol=ROUNDING, abs_tol=ROUNDING)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """How many figures were compared, which differ, and which are not in the record."""

    figures: int = 0
    differences: list[Difference] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)


def compare(check: str, stored: CheckResult | None, recomputed: Outcome) -> Compared:
    """Compare every value; one that is only in the record differs, one that is only new is listed."""
    before = _figures(stored) if stored else {"outcome": ABSENT}
    now = _figures(recomputed) if stored else {"outcome": recomputed.level.value}
    return Compared(
        figures=len(before),
        differences=[
            Difference(check=check, figure=name, stored=value, recomputed=now.get(name, ABSENT))
            for name, value in before.items()
            if not _equal(value, now.get(name, ABSENT))
        ],
        unrecorded=[f"{check}.{name}" for name in now if name not in before],
    )


def _figures(outcome: CheckResult | Outcome) -> dict[str, Any]:
    leaves = (leaf for column in COLUMNS for leaf in _leaves(column, getattr(outcome, column)))
    return {path: value for path, value in leaves if path != OF_THE_PROGRAM}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the path and value of each leaf; an empty object is a leaf, or its loss would not be noticed."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}", inner)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from _leaves(f"{path}[{place}]", inner)
    else:
        yield path, value


def _equal(stored: Any, recomputed: Any) -> bool:
    """Compare numbers as floats, because PostgreSQL returns 1e300 as an integer."""
    if isinstance(stored, bool) or isinstance(recomputed, bool):
        return stored is recomputed
    if _are_numbers(stored, recomputed):
        return float(stored) == float(recomputed)
    return bool(stored == recomputed)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
