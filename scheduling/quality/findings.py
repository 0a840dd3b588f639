"""One thing that is wrong with a set, and the outcome of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.redaction import values_of

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 5
MOST_TOLD = 20  # findings in a message; all of them are in the details
MOST_KEPT = 200


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is wrong, in which column of which set, in how many rows.

    `what` is public: words, counts, and the signature's own limits. `examples` are not: rows and values.
    """

    dataset: str
    column: str  # "table" where it is the rows as a whole
    what: str
    count: int
    examples: tuple[str, ...] = ()
    fails: bool = True

    @property
    def sentence(self) -> str:
        """For everybody."""
        return f"{self.dataset} {self.column}: {self.what}"

    def as_details(self, *, redacted: frozenset[str]) -> dict[str, Any]:
        """As it is kept, with the first rows."""
        return {
            "dataset": self.dataset,
            "column": self.column,
            "what": self.what,
            "count": self.count,
            "fails": self.fails,
            "examples": values_of([self.column], list(self.examples), redacted=redacted),
        }


def examples_of(column: pd.Series) -> tuple[str, ...]:
    """The first rows of a column, in words."""
    return tuple(f"row {row}: {value}" for row, value in column.head(EXAMPLES).items())


def outcome_of(
    findings: Sequence[Finding], *, passed: str, redacted: frozenset[str], **columns: Any
) -> Outcome:
    """Fail if one of them fails; else warn if there is one. The message begins with what fails."""
    worst_first = sorted(findings, key=lambda finding: not finding.fails)
    kept = [one.as_details(redacted=redacted) for one in worst_first[:MOST_KEPT]]
    details = columns.pop("details", {}) | {"findings": kept}
    if not findings:
        return Outcome(level=Level.PASS, message=passed, details=details, **columns)
    told = [finding.sentence for finding in worst_first[:MOST_TOLD]]
    if len(findings) > MOST_TOLD:
        told.append(f"and {len(findings) - MOST_TOLD} more findings")
    level = Level.FAIL if worst_first[0].fails else Level.WARN
    return Outcome(level=level, message="; ".join(told), details=details, **columns)
