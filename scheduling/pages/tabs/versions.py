"""The table of a model's versions: the newest ones, each with what its last run said of it."""

from dataclasses import dataclass

from predictions.models import ModelVersion, RegisteredModel
from scheduling.approvals.past_approval import awaited
from scheduling.evidence_page.words import decision_of
from scheduling.models import Run
from scheduling.pages.measured.judged import Measured, measured_by, three_digits
from scheduling.pages.tabs.estimators import estimator_of, size_of

SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """One version; `run` judged it last, and `waits_for` is the id of a run that a person has to answer."""

    version: ModelVersion
    is_live: bool
    run: Run | None
    measured: Measured | None
    waits_for: int | None

    @property
    def score(self) -> str:
        value = self.measured.values["candidate"] if self.measured else None
        return (
            "" if value is None or self.measured is None else f"{self.measured.metric} {three_digits(value)}"
        )

    @property
    def verdict(self) -> str:
        return decision_of(self.run) if self.run else "not judged"

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
    rows = rows.defer("golden_rows", "parity", "libraries", "refused_rungs")
    versions = list(rows[page * SHOWN : (page + 1) * SHOWN])
    judged = Run.objects.filter(candidate__in=[one.pk for one in versions]).order_by("pk")
    last = {run.candidate_id: run for run in judged.defer("evidence", "traceback", "notes", "parameters")}
    measured = measured_by(run.pk for run in last.values())
    waits_for = awaited(model)
    return [
        VersionRow(
            version=one, is_live=one.pk == live, run=(run := last.get(one.pk)),
            measured=measured.get(run.pk) if run else None, waits_for=waits_for.get(one.pk),
        )
        for one in versions
    ]  # fmt: skip
