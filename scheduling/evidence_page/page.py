"""Everything that a reader needs to check a run's verdict: for the page, the file and JSON.

The exhibits and the rehearsal are kept as compressed JSON under MEDIA_ROOT, named in an `EvidenceFile`.
"""

import gzip
import json
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from predictions.models import Dataset, ModelVersion
from predictions.models.people.access import May, allowed
from predictions.registry import artefacts
from scheduling.evidence.outcomes import Level
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, as_kept, from_kept
from scheduling.evidence_page.style import EVIDENCE_STYLE, EVIDENCE_STYLE_SOURCE
from scheduling.evidence_page.words import DOUBT, state_of_check, summary_of
from scheduling.models import CheckResult, EvidenceFile, Run
from scheduling.statistics.metrics.table import METRICS
from scheduling.statistics.metrics.words import in_words

FOLDER = "evidence"
MAIN = "gain"  # the exhibit that shows the verdict
PREVIEWED = "inferred"  # with an example of each column
FAILED = (Level.FAIL, Level.ERROR, Level.SKIPPED)
HIDDEN = "Only people who may read the prediction log see rows and values."
FACTS = ("label", "name", "filename", "artefact_sha256", "served_form_sha256", "created_by", "libraries")


@dataclass(frozen=True, kw_only=True)
class EvidencePage:
    """One run: what was compared, what each check found, and the exhibits, for one reader."""

    run: Run
    outcomes: list[CheckResult]
    compared: dict[str, Any]
    provenance: dict[str, Any]
    exhibits: list[dict[str, Any]]
    problem: str  # why there are no exhibits
    has_details: bool  # whether the reader sees the details of the outcomes

    @property
    def deciding(self) -> list[CheckResult]:
        """Those whose answers the verdict quotes."""
        said = self.run.reason
        return [one for one in self.outcomes if one.message and one.message.rstrip(".") in said]

    @property
    def to_read(self) -> list[CheckResult]:
        """What decided, then what failed without deciding."""
        deciding = self.deciding
        return [*deciding, *(one for one in self.outcomes if one.level in FAILED and one not in deciding)]

    @property
    def folded(self) -> list[CheckResult]:
        """The others: what is in doubt first."""
        opened = self.to_read
        rest = [one for one in self.outcomes if one not in opened]
        return sorted(rest, key=lambda one: state_of_check(one) != DOUBT)

    @property
    def measured_by(self) -> str:
        """What the metric means that decided, in words; empty where none did."""
        names = [one.limit.get("primary_metric") for one in self.deciding]
        return next((in_words(name) for name in names if name in METRICS), "")

    @property
    def summary(self) -> str:
        return summary_of(self.outcomes)

    @property
    def main(self) -> dict[str, Any] | None:
        """The picture that shows the verdict, if there is one."""
        return next((one for one in self.exhibits if one["id"] == MAIN and one["picture"]), None)

    @property
    def other_exhibits(self) -> list[dict[str, Any]]:
        return [one for one in self.exhibits if one is not self.main]


def evidence_page(run: Run, *, reader: AbstractBaseUser | AnonymousUser) -> EvidencePage:
    """Return what `reader` may see of a run that they may see."""
    exhibits, problem = read(run)
    has_details = may_read_values(reader, run)
    shown = [_exhibit(exhibit, in_full=has_details) for exhibit in exhibits]
    return EvidencePage(
        run=run,
        outcomes=list(run.results.all()),
        compared={name: _version(getattr(run, name)) for name in ("candidate", "champion")}
        | {"evaluation_dataset": _dataset(run.evaluation_dataset)},
        provenance={k: v for k, v in told_evidence(run, reader).items() if v is not None},
        # The hash proved that these bytes are the run's own, with every text in them escaped.
        exhibits=[one | {"picture": mark_safe(one["picture"])} for one in shown],  # noqa: S308
        problem=problem,
        has_details=has_details,
    )


def as_file(page: EvidencePage) -> str:
    """Return the page as one HTML document that loads no other file."""
    style = mark_safe(EVIDENCE_STYLE)  # noqa: S308 - a file of the program
    context = {"page": page, "style": style, "style_source": EVIDENCE_STYLE_SOURCE}
    return render_to_string("scheduling/evidence_file.html", context)


def may_read_values(reader: Any, run: Run) -> bool:
    """Whether this user sees details of the run, which may be about people. Without a user nobody does."""
    return allowed(reader, May.READ_LOG, run.registered_model)


def told_evidence(run: Run, reader: Any) -> dict[str, Any]:
    """Return what a run recorded, for this reader: conditions of slices and previews may hold values."""
    noted: dict[str, Any] = run.evidence
    if may_read_values(reader, run):
        return noted
    told = {name: value for name, value in noted.items() if name != PREVIEWED}
    return told | {"slices": dict.fromkeys(noted["slices"])} if "slices" in noted else told


def _exhibit(exhibit: dict[str, Any], *, in_full: bool) -> dict[str, Any]:
    bare = {name: exhibit[name] for name in ("id", "title", "note")}
    if exhibit["private"] is None or in_full:
        return bare | (exhibit["private"] or exhibit["public"])
    return bare | exhibit["public"] | {"note": f"{exhibit['note']} {HIDDEN}".strip()}


def _version(version: ModelVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    facts = {name: getattr(version, name) for name in FACTS}
    training = _dataset(version.training_dataset)
    return facts | {"training_dataset": training, "created_at": version.created_at.isoformat()}


def _dataset(dataset: Dataset | None) -> dict[str, Any] | None:
    names = ("id", "role", "rows", "sha256")
    return {name: getattr(dataset, name) for name in names} if dataset else None


def store(
    run: Run, exhibits: list[dict[str, Any]], rehearsed: Rehearsal | RehearsalFailed | None = None
) -> EvidenceFile:
    """Write the file and return its row, unsaved. Raises `OSError`. Same evidence, same bytes."""
    kept = {"exhibits": exhibits, "rehearsal": rehearsed and as_kept(rehearsed)}
    content = gzip.compress(json.dumps(kept, ensure_ascii=False, allow_nan=False).encode(), mtime=0)
    folder = f"{FOLDER}/{run.registered_model.name}"
    path = artefacts.store(content, folder=folder, filename=f"run-{run.pk}.json.gz")
    return EvidenceFile(run=run, file=path, sha256=artefacts.sha256_of(content))


def read(run: Run) -> tuple[list[dict[str, Any]], str]:
    """Return the exhibits, and if there are none, why."""
    row = getattr(run, "evidence_file", None)
    if row is None:
        return [], "This run has made no pictures."
    if not row.file:
        return [], f"The pictures of this run could not be stored: {row.problem}"
    try:
        return _content(row)["exhibits"], ""
    except (artefacts.ArtefactMissing, artefacts.ArtefactCorrupt) as error:
        return [], f"The pictures of this run cannot be read: {error}"


def read_rehearsal(run: Run) -> Rehearsal | RehearsalFailed | None:
    """Return the rehearsal, or None. Raises `ArtefactMissing`, `ArtefactCorrupt`, `RehearsalUnreadable`."""
    row = getattr(run, "evidence_file", None)
    kept = _content(row)["rehearsal"] if row and row.file else None
    return kept and from_kept(kept)


def _content(row: EvidenceFile) -> dict[str, Any]:
    return json.loads(gzip.decompress(artefacts.read(row.file, sha256=row.sha256)))
