"""Whether the evaluation set can be answered by heart, or by a feature that gives the label away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Outcome
from scheduling.quality.findings import Finding, outcome_of

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.evidence.evidence import Evidence

Share = Annotated[float, Meta(ge=0, le=1)]
SIGNIFICANT = 0.01
SEED = 0
FIRST = 10


@dataclass(frozen=True, kw_only=True)
class Leakage(Check):
    """Evaluation rows that are training rows too, and features that alone predict the label.

    Rows of coarse data meet by chance: as often as training rows have a twin among themselves. Only
    what goes beyond that by more than `max_leaked_share` counts; it fails where a binomial test at 1 %
    says so as well, and is told otherwise. A telling feature is told, never failed: some problems are
    that easy.
    """

    id = "leakage"
    max_leaked_share: Share = 0.02
    max_one_feature_score: Share = 0.99
    one_feature_rows: Annotated[int, Meta(ge=100, le=100_000)] = 5000

    def run(self, evidence: Evidence) -> Outcome:
        """Compare by hash, then fit a small tree on each feature of a sample of the training rows."""
        from scheduling.quality.one_feature import scores

        spec = evidence.spec
        findings, measured = self._overlap(evidence)
        by_feature, rows = scores(evidence.training, spec, most_rows=self.one_feature_rows, seed=SEED)
        best = sorted(by_feature.items(), key=lambda item: -item[1])
        findings += [
            Finding(dataset="training", column=name, count=rows, fails=False,
                    what=f"predicts {spec.output_name} alone, score {score:.3f}: is it known beforehand?")
            for name, score in best
            if score >= self.max_one_feature_score
        ]  # fmt: skip
        first, score = best[0] if best else (None, None)
        return outcome_of(
            findings,
            passed=f"{measured['rows_in_training']} of {len(evidence.frame)} evaluation rows are training "
            f"rows{f'; the most telling feature is {first}, score {score:.2f}' if best else ''}",
            redacted=evidence.redacted,
            measured=measured | {"one_feature_score": score, "one_feature": first},
            limit=self.limits,
            details={"one_feature_scores": dict(best[:FIRST]), "sampled_rows": rows, "seed": SEED},
        )

    def _overlap(self, evidence: Evidence) -> tuple[list[Finding], dict[str, Any]]:
        """Evaluation rows that are found in the training set, against what chance would bring."""
        from scheduling.evidence.row_hashes import twin_share
        from scheduling.quality.rows import found_in

        ours, theirs = evidence.hashes["evaluation"], evidence.hashes["training"]
        found, with_label = found_in(ours, theirs)
        by_chance, share = twin_share(theirs.features), float(found.mean()) if len(found) else 0.0
        measured = {
            "rows_in_training": int(found.sum()),
            "share_in_training": share,
            "with_the_same_label": int(with_label.sum()),
            "share_by_chance": by_chance,
            "p": _p_of_at_least(int(found.sum()), len(found), min(1.0, by_chance + self.max_leaked_share)),
        }
        if share - by_chance <= self.max_leaked_share:
            return [], measured
        return [_leaked(evidence.frame, found, fails=measured["p"] <= SIGNIFICANT)], measured


def _leaked(frame: pd.DataFrame, found: pd.Series, *, fails: bool) -> Finding:
    what = f"{int(found.sum())} of {len(frame)} rows are training rows as well"
    rows = tuple(f"row {row}" for row in frame.index[found][:5])
    return Finding(
        dataset="evaluation", column="table", what=what, count=int(found.sum()), examples=rows, fails=fails
    )


def _p_of_at_least(count: int, rows: int, share: float) -> float:
    """The probability of so many or more among `rows` where each is one with probability `share`."""
    from scipy.stats import binom

    return float(binom.sf(count - 1, rows, share))
