"""Whether the model could answer the evaluation set from memory, or from a feature that reveals the label."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.counted_hashes import found_in
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.quality.findings import Finding, outcome_of, row_names

Share = Annotated[float, Meta(ge=0, le=1)]
SIGNIFICANT = 0.01
SEED = 0
FIRST = 10


@dataclass(frozen=True, kw_only=True)
class Leakage(Check):
    """Evaluation rows that are training rows too, and features that predict the label alone.

    Rows of coarse data coincide by chance: as often as training rows have a twin among themselves. Only
    what exceeds that by more than `max_leaked_share` counts; it fails if a binomial test at 1 % confirms it,
    else it warns. A feature that predicts the label alone only warns: some problems are that easy.
    Of an upload that does not say what it was trained on none of this can be known: with `needs_origin` it
    fails, else it warns.
    """

    id = "leakage"
    title = "Has it seen the answers before?"
    sets = ("training",)
    max_leaked_share: Share = 0.02
    max_one_feature_score: Share = 0.99
    one_feature_rows: Annotated[int, Meta(ge=100, le=100_000)] = 5000
    needs_origin: bool = True

    def run(self, evidence: Evidence) -> Outcome:
        from scheduling.quality.one_feature import scores

        if is_of_unknown_origin(evidence):
            return self._unknown()
        spec = evidence.spec
        findings, measured = self._overlap(evidence)
        by_feature, rows = scores(evidence.training, spec, most_rows=self.one_feature_rows, seed=SEED)
        best = sorted(by_feature.items(), key=lambda item: -item[1])
        for name, value in best:
            if value >= self.max_one_feature_score:
                what = f"{name} alone predicts {spec.output_name} with a score of {value:.3f}; "
                what += "check that its value is known before the label is"
                findings.append(Finding(dataset="training", column=name, what=what, count=rows, fails=False))
        shared, of_all = measured["rows_in_training"], len(evidence.hashes["evaluation"].features)
        passed = f"{shared:,} of {of_all:,} evaluation rows are also training rows."
        first, score = best[0] if best else ("", 0.0)
        if best:
            passed += f" The single feature that predicts best is {first}, with a score of {score:.2f}."
        return outcome_of(
            findings,
            passed=passed,
            redacted=evidence.redacted,
            measured=measured | {"one_feature_score": score if best else None, "one_feature": first or None},
            details={"one_feature_scores": dict(best[:FIRST]), "sampled_rows": rows, "seed": SEED},
        )

    def _unknown(self) -> Outcome:
        level = Level.FAIL if self.needs_origin else Level.WARN
        message = (
            "It cannot be known whether the model was fitted on evaluation rows, because the upload does not "
            "say what it was trained on. Upload it again with trained_on, or set needs_origin to no."
        )
        return Outcome(level=level, message=message)

    def _overlap(self, evidence: Evidence) -> tuple[list[Finding], dict[str, Any]]:
        """Evaluation rows that are found in the training set, compared with what chance explains."""
        from scipy.stats import binom

        from scheduling.evidence.samples import twin_share

        ours, theirs = evidence.hashes["evaluation"], evidence.hashes["training"]
        found = found_in(ours.features, theirs.features)
        count, by_chance = int(found.sum()), twin_share(theirs.features)
        share = float(found.mean()) if len(found) else 0.0
        allowed = min(1.0, by_chance + self.max_leaked_share)
        p = float(binom.sf(count - 1, len(found), allowed))  # of so many rows or more
        measured = {
            "rows_in_training": count,
            "share_in_training": share,
            "with_the_same_label": int(found_in(ours.with_label, theirs.with_label).sum()),
            "share_by_chance": by_chance,
            "p": p,
        }
        if share - by_chance <= self.max_leaked_share:
            return [], measured
        what = f"{count} of {len(found)} rows are also training rows; remove them from one of the two"
        rows, fails = row_names(found), p <= SIGNIFICANT
        return [Finding(dataset="evaluation", what=what, count=count, examples=rows, fails=fails)], measured


def is_of_unknown_origin(evidence: Evidence) -> bool:
    """Whether the candidate was uploaded, and nobody said what it was trained on."""
    candidate = evidence.candidate
    return candidate.source == candidate.Source.UPLOADED and candidate.training_dataset_id is None
