"""One line of the table: a measure, its figures, the bound it must keep, and whether it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from benchmarks.reporting.figures import Spread


class NotMeasured(Exception):
    """Something that a measure needs did not start or did not answer as it should: the reason."""


@dataclass(frozen=True)
class Bound:
    """A limit that includes itself."""

    sign: Literal["≥", "≤", "="]
    limit: float

    def admits(self, value: float) -> bool:
        """Whether the value keeps it."""
        if self.sign == "=":
            return value == self.limit
        return value >= self.limit if self.sign == "≥" else value <= self.limit

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """`ours` and `rival` are medians in `unit`; the ratio is what is judged, or `ours` without one.

    Without a bound it is told only. `absent` says why there are no figures. `must_hold` marks what is
    right or wrong rather than fast or slow: it fails the command.
    """

    measure: str
    unit: str = ""
    ours: float | None = None
    rival: float | None = None
    ratio: Spread | None = None
    bound: Bound | None = None
    absent: str = ""
    must_hold: bool = False

    @property
    def judged(self) -> float | None:
        """The figure that the bound speaks of; None where it was not measured."""
        return self.ratio.median if self.ratio else self.ours

    @property
    def verdict(self) -> str:
        """`holds`, `does not`, `told`, or `not measured: <why>`."""
        if self.absent or self.judged is None:
            return f"not measured: {self.absent or 'no figures'}"
        if self.bound is None:
            return "told"
        return "holds" if self.bound.admits(self.judged) else "does not"


def wrong(results: Iterable[Result]) -> list[Result]:
    """Return what must hold and was not seen to."""
    return [result for result in results if result.must_hold and result.verdict != "holds"]
