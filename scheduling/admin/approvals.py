"""Approving and refusing, from a run's page or the list of runs; all answers, read-only for everybody."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from predictions.admin.base import ReadOnlyMixin, column, link
from predictions.admin.editing import ReasonForm, confirmed
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models.access import May
from scheduling.approvals.approvals import approve, refuse, why_outdated
from scheduling.models import ApprovalAnswer, ApprovalRequest, Run

answering: Any = partial(
    confirmed, needs=May.APPROVE, form_class=ReasonForm, returns_to_row=True,
)  # fmt: skip


class AnsweringAdmin(OfModel, admin.ModelAdmin):
    """The two answers as actions on runs. Buttons on a run's page start them."""

    @answering(
        description="Approve: make the candidate live…", title="Approve",
        warning="Within a second the candidate answers all requests without a version. If the champion or "
        "the evaluation data has changed since the run, nothing is promoted.",
    )  # fmt: skip
    def approve(self, request: HttpRequest, run: Run, form: ReasonForm) -> str:
        promotion = approve(run, user=request.user, reason=form.cleaned_data["reason"])
        return f"{promotion.version} is live."

    @answering(
        description="Refuse…", title="Refuse",
        warning="The champion stays live. You can still validate the version again or promote it.",
    )  # fmt: skip
    def refuse(self, request: HttpRequest, run: Run, form: ReasonForm) -> str:
        refuse(run, user=request.user, reason=form.cleaned_data["reason"])
        return f"{run} is refused. The champion stays live."

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object(request, unquote(object_id))
        waiting = run if run and run.decision == Run.Decision.AWAITING_APPROVAL else None
        can = waiting is not None and self.may(request, May.APPROVE, waiting)
        kwargs["extra_context"] = (kwargs.get("extra_context") or {}) | {"can_answer": can}
        return super().change_view(request, object_id, *args, **kwargs)


def why(run: Run) -> str:
    """The gate's reason, then the person's, or why the request lapsed."""
    answer = getattr(getattr(run, "approval_request", None), "answer", None)
    return f"{run.reason} {_told(answer)}" if answer else run.reason


def approval_of(run: Run) -> Any:
    """Who answered, when and why; or until when somebody can."""
    request = getattr(run, "approval_request", None)
    if request is None:
        return "–"
    if answer := getattr(request, "answer", None):
        return f"{_told(answer)} ({answer.at:%Y-%m-%d %H:%M:%S} UTC)"
    if outdated := why_outdated(request):
        return f"It can no longer be approved: {outdated}."
    until = f"Waiting for a person until {request.expires_at:%Y-%m-%d %H:%M} UTC."
    return format_html("{}<br>{}", until, _consequences(run))


def _told(answer: ApprovalAnswer) -> str:
    return f"{answer.get_kind_display()} by {answer.by}: {answer.reason}"


def _consequences(run: Run) -> str:
    """What a person should know before the answer."""
    model = run.registered_model
    notes = []
    if n := ApprovalRequest.objects.open(model).exclude(run=run).count():
        notes.append(f"Other runs of {model} waiting for approval: {n}. They lapse if you approve this one.")
    if model.is_held:
        notes.append(
            f"{model} is held by {model.held_by} ({model.held_reason}). A hold stops the gate, not a person: "
            "if you approve, the candidate goes live and the hold stays."
        )
    return " ".join(notes)


@admin.register(ApprovalAnswer)
class ApprovalAnswerAdmin(ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """What people approved and refused, and what lapsed; newest first."""

    of_model = "request__run__registered_model"
    list_display = ("run", "kind", "by", "reason", "at")
    list_filter = (("request__run__registered_model", ModelFilter), "kind", "at")
    search_fields = ("by", "reason")
    list_select_related = ("request__run__registered_model",)
    fields = ("run", "kind", "by", "reason", "at")
    show_full_result_count = False
    actions = None

    run = column("run", lambda answer: link(answer.request.run))
