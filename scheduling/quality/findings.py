"""One thing that is wrong with a dataset, and the outcome of many."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Level, Outcome, values_of

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 5
MOST_TOLD = 20  # findings in a message; `details` have more of them
MOST_KEPT = 200


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is wrong in which rows. `what` is public; `examples`, rows and values, are private."""

    dataset: str
    column: str = "table"  # where it concerns rows as a whole
    what: str
    count: int
    examples: tuple[str, ...] = ()
    fails: bool = True


def row_names(which: pd.Series) -> tuple[str, ...]:
    """Name the first rows for which `which` is true."""
    return tuple(f"row {row}" for row in which.index[which][:EXAMPLES])


def outcome_of(findings: list[Finding], *, passed: str, redacted: frozenset[str], **columns: Any) -> Outcome:
    """Fail if one of them fails, warn if there is one, else pass. The message begins with what fails."""
    worst_first = sorted(findings, key=lambda finding: not finding.fails)
    kept = [asdict(one) for one in worst_first[:MOST_KEPT]]
    for one in kept:
        one["examples"] = values_of([one["column"]], list(one["examples"]), redacted=redacted)
    details = columns.pop("details", {}) | {"findings": kept}
    if not findings:
        return Outcome(level=Level.PASS, message=passed, details=details, **columns)
    told = [f"In the {finding.dataset} set, {finding.what}." for finding in worst_first[:MOST_TOLD]]
    if len(findings) > MOST_TOLD:
        told.append(f"There are {len(findings) - MOST_TOLD} more findings.")
    level = Level.FAIL if worst_first[0].fails else Level.WARN
    return Outcome(level=level, message=" ".join(told), details=details, **columns)
