"""Approving and refusing, from a run's page or the list of runs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from predictions.admin.base import ReasonForm, confirmed
from scheduling.approvals.approvals import approve, refuse, why_outdated
from scheduling.approvals.approvers import may_approve, may_approve_some
from scheduling.models import ApprovalAnswer, ApprovalRequest, Run


class AnsweringAdmin(admin.ModelAdmin):
    """The two answers as actions on runs; buttons on a run's page start them."""

    def has_answer_permission(self, request: HttpRequest) -> bool:
        """For one model at least; which one is asked when it is done."""
        return may_approve_some(request.user)

    @admin.action(description="Approve: make its candidate live…", permissions=["answer"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse | None:
        """Make the candidate of a run that waits live, on this person's word."""

        def act(run: Run, form: ReasonForm) -> str:
            promotion = approve(run, user=request.user, reason=form.cleaned_data["reason"])
            return f"{promotion.version} is live."

        return self._answer(
            request, queryset, action="approve", title="Approve", act=act,
            warning="Its candidate answers all un-versioned requests within a second, unless the champion "
            "or the evaluation data changed since it was judged: then nothing is flipped.",
        )  # fmt: skip

    @admin.action(description="Refuse…", permissions=["answer"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse | None:
        """Leave the champion live, for good as far as this run is concerned."""

        def act(run: Run, form: ReasonForm) -> str:
            refuse(run, user=request.user, reason=form.cleaned_data["reason"])
            return f"{run} is refused; the champion stays."

        return self._answer(
            request, queryset, action="refuse", title="Refuse", act=act,
            warning="The champion stays. The version can still be validated again, or promoted by hand.",
        )  # fmt: skip

    def _answer(self, request: HttpRequest, queryset: QuerySet[Run], **question: Any) -> HttpResponse | None:
        """Ask for the reason, act, and go back to the run's page. Raises `PermissionDenied`."""
        run = queryset.first()
        if run and not may_approve(request.user, run.registered_model):
            raise PermissionDenied
        page = confirmed(self, request, queryset, form_class=ReasonForm, **question)
        if page is None and run and queryset.count() == 1:
            return HttpResponseRedirect(reverse("admin:scheduling_run_change", args=[run.pk]))
        return page

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The run's page, with buttons where this person can answer."""
        run = self.get_object(request, unquote(object_id))
        waiting = run if run and run.decision == Run.Decision.AWAITING_APPROVAL else None
        can = waiting is not None and may_approve(request.user, waiting.registered_model)
        kwargs["extra_context"] = (kwargs.get("extra_context") or {}) | {"can_answer": can}
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.display(description="reason")
    def why(self, run: Run) -> str:
        """The gate's reason, then the person's or why nobody can answer any more."""
        answer = _answer_of(run)
        return f"{run.reason} {_said(answer)}" if answer else run.reason

    @admin.display(description="approval")
    def show_approval(self, run: Run) -> Any:
        """Who answered when and why; or until when somebody may."""
        request = getattr(run, "approval_request", None)
        if request is None:
            return "–"
        if answer := _answer_of(run):
            return f"{_said(answer)} ({answer.at:%Y-%m-%d %H:%M:%S} UTC)"
        if why := why_outdated(request):
            return f"It can no longer be approved: {why}."
        return format_html("{}<br>{}", _open_until(request), _beside(run))


def _answer_of(run: Run) -> ApprovalAnswer | None:
    request = getattr(run, "approval_request", None)
    return getattr(request, "answer", None)


def _said(answer: ApprovalAnswer) -> str:
    return f"{answer.get_kind_display()} by {answer.by}: {answer.reason}"


def _open_until(request: ApprovalRequest) -> str:
    return f"Awaits a person until {request.expires_at:%Y-%m-%d %H:%M} UTC."


def _beside(run: Run) -> str:
    """What a person should know before the answer."""
    model = run.registered_model
    others = ApprovalRequest.objects.open(model).exclude(run=run).count()
    said = (
        [f"{others} other runs of {model} await approval: approving one lapses the others."] if others else []
    )
    if model.is_held:
        said.append(
            f"{model} is held by {model.held_by} ({model.held_reason}). A hold stops the gate, not a person: "
            "approving flips all the same, and the hold stays."
        )
    return " ".join(said)
