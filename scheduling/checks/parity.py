"""Whether clients get what scikit-learn would have answered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from predictions.serving import PROBABILITY_TOLERANCE, VALUE_TOLERANCE
from scheduling.checks.base import Check
from scheduling.outcomes import Outcome

if TYPE_CHECKING:
    from scheduling.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class Parity(Check):
    """The candidate's replies over HTTP, and its probabilities, against scikit-learn's own."""

    id = "parity"
    max_label_differences: Annotated[int, Meta(ge=0)] = 0
    max_probability_difference: Annotated[float, Meta(gt=0)] = 1e-5

    def run(self, evidence: Evidence) -> Outcome:
        """Compare row by row; a row without a reply differs."""
        from predictions.compiling import compare

        name = evidence.spec.output_name
        said = [reply.body.get(name) for reply in evidence.rehearsal.replies]
        pairs = zip(said, evidence.expected.outputs, strict=True)
        others = [row for row, (ours, theirs) in enumerate(pairs) if not _same(ours, theirs)]
        tied = [row for row in others if _tied(evidence, row, said[row])]
        different = [row for row in others if row not in tied]
        worst = compare(evidence.expected, evidence.candidate_answers)["max_difference"]
        problems = []
        if len(different) > self.max_label_differences:
            problems.append(f"{len(different)} labels differ over HTTP (rows {different[:5]})")
        if not worst <= self.max_probability_difference:
            problems.append(f"probabilities differ by up to {worst:.2g}")
        return Outcome.judged(
            problems,
            passed=f"{len(said)} rows answered as by scikit-learn"
            + (f", {len(tied)} of them ties of two labels" if tied else ""),
            measured={
                "label_differences": len(different),
                "ties": len(tied),
                "probability_difference": worst,
            },
            limit=self.limits,
        )


def _tied(evidence: Evidence, row: int, ours: Any) -> bool:
    """Whether scikit-learn itself finds its own label and ours equally probable."""
    from predictions.compiling import is_tie

    expected = evidence.expected
    if expected.probabilities is None:
        return False
    return is_tie(expected.outputs[row], ours, expected.probabilities[row], evidence.spec.labels)


def _same(ours: Any, theirs: Any) -> bool:
    """Equal labels; for a regression, values as near as 32-bit floating point can be."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=VALUE_TOLERANCE, abs_tol=PROBABILITY_TOLERANCE)
    return bool(ours == theirs)
