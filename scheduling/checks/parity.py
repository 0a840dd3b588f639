"""Whether clients get what scikit-learn would have answered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from predictions.contract.answers import PROBABILITY_TOLERANCE, VALUE_TOLERANCE, Answers
from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.batch_answers import answers_together
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.rehearsed import MOST_ROWS, RehearsalFailed

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence
    from scheduling.evidence.rehearsed import Rehearsal
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Parity(Check):
    """The candidate's labels and probabilities over HTTP against scikit-learn's own."""

    id = "parity"
    rests_on = RestsOn.REHEARSAL
    max_label_differences: Annotated[int, Meta(ge=0)] = 0
    max_probability_difference: Annotated[float, Meta(gt=0)] = 1e-5

    def run(self, evidence: Evidence) -> Outcome:
        """Compare row by row; a row without a reply differs."""
        from predictions.registry.compiling import compare

        played, expected = evidence.rehearsal, evidence.expected
        if len(played.replies) != min(len(expected.outputs), MOST_ROWS):
            raise RehearsalFailed(f"{len(played.replies)} of {len(expected.outputs)} rows were asked")
        different = _differing(played, expected, evidence.spec.output_name)
        ties = [row for row in different if _tied(evidence, row)]
        wrong = [row for row in different if row not in ties]
        together = compare(
            _some(expected, played.rows), answers_together(played, evidence.spec), evidence.spec.labels
        )
        worst = together["max_difference"]
        in_process = compare(expected, evidence.candidate_answers)["max_difference"]
        problems = []
        if len(wrong) > self.max_label_differences:
            problems.append(f"{len(wrong)} labels differ over HTTP")
        if together["label_differences"] > self.max_label_differences:
            problems.append(f"{together['label_differences']} labels differ where rows are asked together")
        if not worst <= self.max_probability_difference:
            problems.append(f"probabilities differ by up to {worst:.2g} over HTTP")
        if not in_process <= self.max_probability_difference:
            problems.append(f"probabilities differ by up to {in_process:.2g} where the two are compared")
        tied = f", {len(ties)} of them ties of two labels" if ties else ""
        return Outcome.judged(
            problems,
            passed=f"{len(played.replies)} rows answered as by scikit-learn{tied}",
            measured={
                "rows": len(played.replies),
                "label_differences": len(wrong),
                "ties": len(ties),
                "probability_difference": worst,
                "probability_difference_in_process": in_process,
                "label_differences_together": together["label_differences"],
                "champion_label_differences": _of_champion(evidence),
            },
            limit=self.limits,
            details={"different_rows": wrong[:SHOWN], "tied_rows": ties[:SHOWN]},
        )


def _some(answers: Answers, rows: list[int]) -> Answers:
    """The answers to these rows only."""
    probabilities = None if answers.probabilities is None else answers.probabilities[rows]
    return Answers([answers.outputs[row] for row in rows], probabilities)


def _tied(evidence: Evidence, row: int) -> bool:
    """Whether scikit-learn itself finds its own label and ours equally probable."""
    from predictions.registry.compiling import is_tie

    expected, played = evidence.expected, evidence.rehearsal
    if expected.probabilities is None:
        return False
    ours = played.replies[played.rows.index(row)].body.get(evidence.spec.output_name)
    return is_tie(expected.outputs[row], ours, expected.probabilities[row], evidence.spec.labels)


def _differing(played: Rehearsal, expected: Answers, name: str) -> list[int]:
    """The judged rows whose reply is not what was expected."""
    replies = zip(played.rows, played.replies, strict=True)
    return [row for row, reply in replies if not _same(reply.body.get(name), expected.outputs[row])]


def _of_champion(evidence: Evidence) -> int | None:
    """Rows that the champion answers otherwise over HTTP than where it is compared: told, not judged."""
    champion, answers = evidence.rehearsal.champion, evidence.champion_answers
    if champion is None or answers is None or evidence.champion is None:
        return None
    return len(_differing(champion, answers, evidence.champion.signature.output_name))


def _same(ours: Any, theirs: Any) -> bool:
    """Equal labels; for a regression, values as near as 32-bit floating point can be."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=VALUE_TOLERANCE, abs_tol=PROBABILITY_TOLERANCE)
    return bool(ours == theirs)
