"""Everything that a reader needs to dispute a run's verdict, as values: for the page, the file and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from predictions.models import Dataset, ModelVersion
from scheduling.evidence.provenance import as_shown
from scheduling.evidence_page import files
from scheduling.evidence_page.readers import may_read_values, told_evidence, told_exhibit
from scheduling.models import CheckResult, Run


@dataclass(frozen=True, kw_only=True)
class EvidencePage:
    """One run: what was compared, what each check found, and the exhibits, for one reader."""

    reader: User | AnonymousUser
    run: Run
    outcomes: list[CheckResult]
    compared: dict[str, Any]
    exhibits: list[dict[str, Any]]
    problem: str  # why there are no exhibits

    @property
    def provenance(self) -> dict[str, Any]:
        """What was in force, as it was noted before the work began."""
        return as_shown(told_evidence(self.run.evidence, self.reader))

    @property
    def has_details(self) -> bool:
        """Whether the reader is shown the details of the outcomes."""
        return may_read_values(self.reader)


def evidence_page(run: Run, *, reader: User | AnonymousUser) -> EvidencePage:
    """Put together what `reader` may see of a run that they may see."""
    exhibits, problem = files.read(run)
    told = [told_exhibit(exhibit, reader) for exhibit in exhibits]
    return EvidencePage(
        reader=reader,
        run=run,
        outcomes=list(run.results.all()),
        compared={
            "candidate": _version(run.candidate),
            "champion": _version(run.champion),
            "evaluation_dataset": _dataset(run.evaluation_dataset),
        },
        exhibits=[exhibit | {"picture": _trusted(exhibit["picture"])} for exhibit in told],
        problem=problem,
    )


def as_file(page: EvidencePage) -> str:
    """Return the page as one HTML document that needs nothing else."""
    style = mark_safe(settings.EVIDENCE_STYLE)  # noqa: S308 - a file of the program
    context = {"page": page, "style": style, "style_source": settings.EVIDENCE_STYLE_SOURCE}
    return render_to_string("scheduling/evidence_file.html", context)


def _trusted(picture: str) -> SafeString:
    """The bytes were proved to be those that the run wrote, with every text in them escaped."""
    return mark_safe(picture)  # noqa: S308


def _version(version: ModelVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "label": version.label,
        "name": version.name,
        "filename": version.filename,
        "artefact_sha256": version.artefact_sha256,
        "served_form_sha256": version.served_form_sha256,
        "training_dataset": _dataset(version.training_dataset),
        "created_at": version.created_at.isoformat(),
        "created_by": version.created_by,
        "libraries": version.libraries,
    }


def _dataset(dataset: Dataset | None) -> dict[str, Any] | None:
    if dataset is None:
        return None
    return {"id": dataset.pk, "role": dataset.role, "rows": dataset.rows, "sha256": dataset.sha256}
