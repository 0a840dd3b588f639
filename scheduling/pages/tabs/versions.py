"""The table of a model's versions: the newest ones, each with what its last run said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from predictions.models import ModelVersion, RegisteredModel
from scheduling.approvals.past_approval import awaited
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.evidence_page.words import decision_of
from scheduling.models import Run
from scheduling.pages.measured.judged import Measured, measured_by, three_digits
from scheduling.pages.tabs.estimators import estimator_of, size_of

SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """One version, as which of the two `run` scored it, and the id of the run that a person has to answer."""

    version: ModelVersion
    is_live: bool
    run: Run | None
    measured: Measured | None
    scored_as: str  # in its run: "candidate", or "champion" where none judged it
    waits_for: int | None

    @property
    def score(self) -> str:
        value = self.measured.values[self.scored_as] if self.measured else None
        return (
            "" if value is None or self.measured is None else f"{self.measured.metric} {three_digits(value)}"
        )

    @property
    def verdict(self) -> str:
        if self.run is None:
            return "not judged"
        return decision_of(self.run) if self.scored_as == "candidate" else "scored as the live version"

    @property
    def estimator(self) -> str:
        return estimator_of(self.version)

    @property
    def size(self) -> int | None:
        return size_of(self.version)

    @property
    def rung(self) -> str:
        return self.version.get_rung_display().partition(",")[0]


def version_rows(model: RegisteredModel, *, live: int | None, page: int = 0) -> list[VersionRow]:
    """Return a page of versions, the newest first: six queries."""
    rows = ModelVersion.objects.of(model).select_related("signature__registered_model").order_by("-pk")
    rows = rows.defer("golden_rows", "parity", "libraries", "refused_rungs").annotate(
        scored_by=newest_as_champion()
    )
    versions = list(rows[page * SHOWN : (page + 1) * SHOWN])
    last = last_runs(versions)
    measured = measured_by(run.pk for run in last.values())
    waits_for = awaited(model)
    return [
        VersionRow(
            version=one, is_live=one.pk == live, run=(run := last.get(one.pk)),
            scored_as="candidate" if run is None or run.candidate_id == one.pk else "champion",
            measured=measured.get(run.pk) if run else None, waits_for=waits_for.get(one.pk),
        )
        for one in versions
    ]  # fmt: skip


def newest_as_champion() -> Subquery:
    """The newest run that measured the version as the live one, by an index."""
    scored = Run.objects.filter(champion=OuterRef("pk"), results__check_id=EvaluationMetrics.id)
    return Subquery(scored.order_by("-pk").values("pk")[:1])


def last_runs(versions: Sequence[ModelVersion]) -> dict[int, Run]:
    """Return the last run that judged each version, else the newest that compared another with it."""
    pks = [one.pk for one in versions]
    scored_by: dict[int | None, int] = {one.scored_by: one.pk for one in versions}  # type: ignore[attr-defined]
    runs = Run.objects.filter(Q(candidate__in=pks) | Q(pk__in=[pk for pk in scored_by if pk])).order_by("pk")
    found, compared = {}, {}
    for run in runs.defer("evidence", "traceback", "notes", "parameters"):
        if run.candidate_id in pks:
            found[run.candidate_id] = run
        if run.pk in scored_by:
            compared[scored_by[run.pk]] = run
    return compared | found
