"""What came of the newest run of a model, in words: the verdict, why, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.admin.base import page_of
from predictions.models import Dataset, RegisteredModel
from predictions.models.promotion import live_version
from predictions.zone import to_minute
from scheduling.admin.bringing.base import BringingForm
from scheduling.evidence_page.words import decision_of, what_tells
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.registering.standing import dataset_of, version_of
from scheduling.registering.waiting import why_unfinished
from scheduling.runs.parcels import Parcel

BRINGING = (TaskName.REGISTER, TaskName.UPLOAD, TaskName.RETRAIN, TaskName.VALIDATE)
LIVE, WAITS, FAILED, DONE = "success", "warning", "error", "info"
NOT_LIVE = "Open the run to read which check decided it. Then upload a better version, or change the policy."
UNCHECKED = {  # the decision -> what to do, where no check decided
    Run.Decision.REFUSED: "Upload another version, or promote this one on its page after all.",
    Run.Decision.LAPSED: "Validate the version again to ask for a new approval.",
}
NEXT = UNCHECKED | {
    Run.Decision.AWAITING_APPROVAL: "Open the run, read its results, then approve or refuse it.",
    Run.Decision.WOULD_PROMOTE: "The policy only reports. A person may promote the version on its page.",
}
FAILED_NEXT = {
    TaskName.REGISTER: "Correct what it names, and send it again.",
    TaskName.UPLOAD: "Correct what it names, and upload the model again.",
    TaskName.RETRAIN: "Correct the recipe, then train again.",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One run for a person who is no statistician."""

    run: Run
    level: str  # a class of the admin's messages
    verdict: str
    reason: str
    next: str


def newest_run(model: RegisteredModel) -> Run | None:
    """Return the run that last brought or judged something of this model."""
    runs = Run.objects.filter(registered_model=model, task__in=BRINGING)
    found: Run | None = runs.select_related("candidate__signature__registered_model").first()
    return found


def told(run: Run) -> Told:
    """Say what a run does, or what came of it."""
    if run.is_unfinished:
        return Told(run=run, level=DONE, verdict="At work", reason=why_unfinished(run), next=SHOWN_HERE)
    level, verdict = _verdict(run)
    reason = _answered(run) if run.decision in UNCHECKED else run.reason
    return Told(run=run, level=level, verdict=verdict, reason=reason, next=_next(run))


SHOWN_HERE = "This page shows what came of it as soon as it has ended."


def _verdict(run: Run) -> tuple[str, str]:
    if run.status != Run.Status.FINISHED:
        return FAILED, "Nothing was registered" if run.candidate is None else "It was not judged"
    if run.decision == Run.Decision.PROMOTED:
        return LIVE, f"Version {run.candidate.label} is live" if run.candidate else "It is live"
    if run.decision:
        shown = decision_of(run)
        return WAITS, f"Version {run.candidate.label}: {shown}" if run.candidate else shown.capitalize()
    return LIVE, "Done"


def _answered(run: Run) -> str:
    """Say who decided and why, and what is live: no check decided."""
    answer, live = run.approval_request.answer, live_version(run.registered_model)
    stays = f"Version {live.label} is live." if live else "Nothing is live."
    return f"{answer.get_kind_display()} by {answer.by}: {answer.reason.rstrip('. ')}. {stays}"


def _next(run: Run) -> str:
    if run.status != Run.Status.FINISHED:
        return FAILED_NEXT.get(TaskName(run.task), "Open the run to read more.")
    if not run.decision or run.decision == Run.Decision.PROMOTED:
        return ""
    if run.decision == Run.Decision.CANNOT_TELL:
        return what_tells(run)
    return NEXT.get(Run.Decision(run.decision), NOT_LIVE)


def there_already(model: RegisteredModel, form: BringingForm, sent: Parcel) -> SafeString | str:
    """Say which row of the model the file of a form is, with a link; empty where it is none."""
    sha256, role = sent.sha256_of("file"), form.cleaned_data.get("role")
    row = dataset_of(model, role, sha256) if role else version_of(model, sha256)
    if row is None:
        return ""
    said = '<a href="{}">{}</a> of {} is this file already{}. Nothing was added.'
    return format_html(said, page_of(row), row, to_minute(row.created_at), _use(row))


def _use(row: Any) -> str:
    """Of a dataset, whether it is used today."""
    if not isinstance(row, Dataset):
        return ""
    newest = Dataset.objects.current(row.registered_model, row.role)
    return ", and is used today" if newest == row else f"; a newer one is used today: {newest}"
