"""Runs and their outcomes: what was decided, on what evidence. Read-only for everybody."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html

from predictions.admin.base import LongListMixin, ReadOnlyMixin, as_json, column, json_column, link
from predictions.admin.editing import confirmed
from predictions.admin.of_model import ModelFilter, PartOfPage
from predictions.models.access import May
from scheduling.admin.approvals import AnsweringAdmin, approval_of, why
from scheduling.evidence_page.page import EvidencePage, evidence_page, may_read_values, told_evidence
from scheduling.models import CheckResult, Run
from scheduling.runs.transitions import cancel_run
from scheduling.templatetags.evidence import indented, lines
from scheduling.views.one_run import file_response

COMPARED = ("candidate_link", "champion_link", "promotion_link", "evaluation_dataset")
TIMES_AND_ORIGIN = (
    "trigger", "requested_by", "schedule_name", "scheduled_for", "created_at", "started_at", "finished_at",
    "took", "epoch", "attempt", "retry_of_link",
)  # fmt: skip
EVIDENCE = ("show_evidence", "show_parameters")
PRIVATE = ("show_all_evidence", "show_parameters", "traceback")  # for those who may read the prediction log

PRINTED = ("Output of the training code", {"classes": ("collapse",), "fields": ("show_output",)})


class CheckResultInline(ReadOnlyMixin, PartOfPage, admin.TabularInline):
    """The outcome of each check. Details, that is rows and values, are for those who may read the log."""

    model = CheckResult
    extra = 0
    can_delete = False
    verbose_name_plural = "results of the checks"

    def get_fields(self, request: HttpRequest, obj: Run | None = None) -> Any:
        private = ("show_details",) if obj and may_read_values(request.user, obj) else ()
        measured = ("show_measured", "show_limit", "show_seconds")
        return ("check_id", "show_level", "show_message", *private, *measured)

    get_readonly_fields = get_fields

    @admin.display(description="result")
    def show_message(self, result: CheckResult) -> Any:
        shown = result.statistics and format_html('<p class="statistics">{}</p>', result.statistics)
        return format_html("{}{}", result.message, shown)

    @admin.display(description="rows and values")
    def show_details(self, result: CheckResult) -> Any:
        shown = result.details and indented(result.details)
        return format_html("<details><summary>show</summary>{}</details>", shown) if shown else "–"

    @admin.display(description="level")
    def show_level(self, result: CheckResult) -> str:
        return result.shown_level + ("" if result.blocking else " (report only)")

    show_measured = column("measured", lambda result: lines(result.measured))
    show_limit = column("limit", lambda result: lines(result.limit))
    show_seconds = column("seconds", lambda result: f"{result.seconds:.3f}")


@admin.register(Run)
class RunAdmin(LongListMixin, ReadOnlyMixin, AnsweringAdmin):
    """The audit, newest first; the evidence of a run has two pages more, in the admin and as one file."""

    class Media:
        css = {"all": ["mlsite/admin.css"]}

    list_display = (
        "id", "created_at", "task", "registered_model", "status", "decision", "candidate", "took", "why",
    )  # fmt: skip
    list_filter = (("registered_model", ModelFilter), "status", "decision", "task", "trigger", "created_at")
    search_fields = ("reason", "requested_by", "schedule_name")
    list_select_related = (
        "registered_model", "candidate__signature__registered_model",
        "champion__signature__registered_model", "promotion__registered_model", "approval_request__answer",
    )  # fmt: skip
    inlines = (CheckResultInline,)
    actions = ["approve", "refuse", "cancel"]
    change_form_template = "scheduling/run.html"
    verdict = ("task", "registered_model", "status", "step", "decision", "reason", "show_approval")

    candidate_link = column("candidate", lambda run: link(run.candidate))
    champion_link = column("champion", lambda run: link(run.champion))
    promotion_link = column("promotion", lambda run: link(run.promotion))
    retry_of_link = column("retry of", lambda run: link(run.retry_of))
    took = column("seconds", lambda run: "–" if run.seconds is None else f"{run.seconds:.1f}")
    why = column("reason", why)
    show_approval = column("approval", approval_of)
    show_parameters = json_column("parameters")
    show_evidence = column("evidence", lambda run: as_json(told_evidence(run, None)))
    show_output = column("printed", lambda run: render_to_string("scheduling/output.html", {"run": run}))
    show_all_evidence = json_column("evidence")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/evidence/", wrap(self.evidence_view), name="run-evidence"),
            path("<int:pk>/evidence.html", wrap(self.evidence_file_view), name="run-evidence-file"),
            *super().get_urls(),
        ]

    def evidence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self._page(request, pk)
        context = {"page": page, "title": f"Evidence of {page.run}", "opts": Run._meta}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "scheduling/evidence.html", context)

    def evidence_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return file_response(self._page(request, pk))

    def _page(self, request: HttpRequest, pk: int) -> EvidencePage:
        run = get_object_or_404(Run.objects.select_related("registered_model"), pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return evidence_page(run, reader=request.user)

    def get_fieldsets(self, request: HttpRequest, obj: Run | None = None) -> Any:
        reads = obj and may_read_values(request.user, obj)
        evidence = PRIVATE if reads else EVIDENCE
        has_output = reads and hasattr(obj, "training_output")
        return (
            (None, {"fields": self.verdict}),
            ("Compared versions", {"fields": COMPARED}),
            ("Times and origin", {"fields": TIMES_AND_ORIGIN}),
            *([PRINTED] if has_output else []),
            ("Evidence", {"classes": ("collapse",), "fields": evidence}),
        )

    @confirmed(
        description="Cancel…", needs=May.CANCEL_RUN, title="Cancel the run",
        warning="The run's process and all processes that it started are stopped. Nothing is promoted.",
    )  # fmt: skip
    def cancel(self, request: HttpRequest, run: Run, form: forms.Form) -> str:
        cancel_run(run, by=request.user.get_username())
        return f"{run} is cancelled. Its processes stop within seconds."
