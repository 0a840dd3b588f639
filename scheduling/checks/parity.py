"""Whether clients get what scikit-learn would have answered; of an ONNX file, what its graph answers."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from predictions.contract.answers import PROBABILITY_TOLERANCE, VALUE_TOLERANCE, Answers
from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.evidence import AsAsked, Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.rehearsed import MOST_ROWS, Rehearsal, RehearsalFailed

SHOWN = 20
NOTHING_TO_COMPARE = (
    "It is an uploaded ONNX file, so there is no scikit-learn model to compare it with: it is judged by its "
    "own answers. "
)


@dataclass(frozen=True, kw_only=True)
class Parity(Check):
    """The candidate's labels and probabilities over HTTP against scikit-learn's own.

    Behind an uploaded ONNX file there is no scikit-learn: then against those of the graph in the sandbox.
    """

    id = "parity"
    title = "Is the served form exact?"
    rests_on = RestsOn.REHEARSAL
    max_label_differences: Annotated[int, Meta(ge=0)] = 0
    max_probability_difference: Annotated[float, Meta(gt=0)] = 1e-5

    def run(self, evidence: Evidence) -> Outcome:
        from predictions.registry.proof import compare

        played, expected, proof = evidence.rehearsal, evidence.expected, evidence.proof
        assert proof is not None, "a rehearsed candidate was asked here too"
        rows = len(played.replies)
        if rows != min(len(expected.outputs), MOST_ROWS):
            raise RehearsalFailed(f"Only {rows} of {len(expected.outputs)} rows were sent.")
        asked = evidence.as_asked or AsAsked(
            alone=expected.at(played.rows), together=expected.at(played.rows)
        )
        different = _differing(played, asked.alone, evidence.spec.output_name)
        ties = [row for row in different if _is_tie(evidence, row)]
        wrong = [row for row in different if row not in ties]
        together = compare(asked.together, played.answers_together(evidence.spec), evidence.spec.labels)
        found = {
            "label_differences": len(wrong),
            "label_differences_together": together["label_differences"],
            "label_differences_in_process": proof["label_differences"],
            "probability_difference": together["max_difference"],
            "probability_difference_in_process": proof["max_difference"],
        }
        is_given = evidence.candidate.rung == evidence.candidate.Rung.ONNX_GIVEN
        own = "the uploaded ONNX file" if is_given else "scikit-learn"
        problems = self._problems(found, rows=rows, rows_in_process=proof["rows"], own=own)
        tied = f" In {len(ties)} of them two labels are equally probable." if ties else ""
        begin = NOTHING_TO_COMPARE if is_given else ""
        return Outcome.judged(
            problems,
            passed=f"{begin}The candidate answers as {own} does: {rows:,} rows over HTTP, {proof['rows']:,} "
            f"of {len(expected.outputs):,} in the process of the run.{tied}",
            measured={
                "rows": rows,
                "rows_in_process": proof["rows"],
                **found,
                "ties": len(ties),
                "compared_with": "onnx_file" if is_given else "scikit-learn",
                "champion_label_differences": _differences_of_champion(evidence),
            },
            details={"different_rows": wrong[:SHOWN], "tied_rows": ties[:SHOWN]},
        )

    def _problems(self, found: dict[str, Any], *, rows: int, rows_in_process: int, own: str) -> list[str]:
        """Return a sentence for each difference over its limit, in the order of `found`."""
        here = " in the process of the run"
        ways = ("", " in requests with several rows", here, " over HTTP", here)
        problems = []
        for (name, value), way in zip(found.items(), ways, strict=True):
            if name.startswith("label") and value > self.max_label_differences:
                of = rows_in_process if way == here else rows
                problems.append(f"The candidate answers {value} of {of} rows differently from {own}{way}.")
            if name.startswith("probability") and not value <= self.max_probability_difference:
                by = f"{value:.2g}{way} (allowed: {self.max_probability_difference:.2g})"
                problems.append(f"Probabilities differ from {own} by up to {by}.")
        return problems


def _differences_of_champion(evidence: Evidence) -> int | None:
    """Return how many played rows the champion answers differently over HTTP; it is only reported."""
    champion, played = evidence.champion, evidence.rehearsal.champion
    if not (played and evidence.champion_answers and champion):
        return None
    theirs = evidence.champion_answers.at(played.rows)
    return len(_differing(played, theirs, champion.signature.output_name))


def _is_tie(evidence: Evidence, row: int) -> bool:
    """Whether scikit-learn itself finds its own label and ours equally probable."""
    from predictions.registry.proof import is_tie

    expected, played = evidence.expected, evidence.rehearsal
    if expected.probabilities is None:
        return False
    ours = played.replies[played.rows.index(row)].body.get(evidence.spec.output_name)
    return is_tie(expected.outputs[row], ours, expected.probabilities[row], evidence.spec.labels)


def _differing(played: Rehearsal, expected: Answers, name: str) -> list[int]:
    """The played rows whose labels differ, or whose values differ by more than 32-bit numbers explain."""
    rows = []
    for row, reply, theirs in zip(played.rows, played.replies, expected.outputs, strict=True):
        ours = reply.body.get(name)
        same = ours == theirs
        if isinstance(ours, float) and isinstance(theirs, float):
            same = math.isclose(ours, theirs, rel_tol=VALUE_TOLERANCE, abs_tol=PROBABILITY_TOLERANCE)
        if not same:
            rows.append(row)
    return rows
