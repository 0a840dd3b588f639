"""Runs and their outcomes: what was decided, on what evidence. Read-only for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from predictions.admin.base import AlwaysShown, LongListMixin, NoQuestions, ReadOnlyMixin, as_json, confirmed
from scheduling.admin.approvals import AnsweringAdmin
from scheduling.admin.evidence import EvidencePages
from scheduling.evidence_page.readers import may_read_values, told_evidence
from scheduling.models import CheckResult, Run
from scheduling.runs.requests import cancel_run
from scheduling.templatetags.evidence import indented, lines

COMPARED = ("candidate_link", "champion_link", "promotion_link", "evaluation_dataset")
WHEN_AND_WHO = (
    "trigger", "requested_by", "schedule_name", "scheduled_for", "created_at", "started_at", "finished_at",
    "took", "epoch", "attempt", "retry_of_link",
)  # fmt: skip
EVIDENCE = ("show_evidence", "show_parameters")
PRIVATE = ("show_all_evidence", "show_parameters", "traceback")  # for those who may read the prediction log


class CheckResultInline(ReadOnlyMixin, admin.TabularInline):
    """Each check: its level, what was measured, the limit that was in force; for some the details."""

    model = CheckResult
    extra = 0
    can_delete = False
    verbose_name_plural = "outcomes of the checks"

    def get_fields(self, request: HttpRequest, obj: Run | None = None) -> Any:
        """Rows and values are for those who may read the prediction log."""
        private = ("show_details",) if may_read_values(request.user) else ()
        return (
            "check_id",
            "show_level",
            "message",
            "statistics",
            *private,
            "show_measured",
            "show_limit",
            "show_seconds",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Run | None = None) -> Any:
        """All of them."""
        return self.get_fields(request, obj)

    @admin.display(description="rows and values")
    def show_details(self, result: CheckResult) -> Any:
        """To be unfolded."""
        if not result.details:
            return "–"
        return format_html("<details><summary>show</summary>{}</details>", indented(result.details))

    @admin.display(description="level")
    def show_level(self, result: CheckResult) -> str:
        """And whether a failure of it blocks."""
        return result.get_level_display() + ("" if result.blocking else " (not blocking)")

    @admin.display(description="measured")
    def show_measured(self, result: CheckResult) -> Any:
        """Name and value, a line each."""
        return lines(result.measured)

    @admin.display(description="limit")
    def show_limit(self, result: CheckResult) -> Any:
        """Name and value, a line each."""
        return lines(result.limit)

    @admin.display(description="seconds")
    def show_seconds(self, result: CheckResult) -> str:
        """Of the check itself."""
        return f"{result.seconds:.3f}"


@admin.register(Run)
class RunAdmin(LongListMixin, ReadOnlyMixin, EvidencePages, AnsweringAdmin):
    """The audit: newest first."""

    class Media:
        css = {"all": ["mlsite/admin.css"]}

    list_display = (
        "id",
        "created_at",
        "task",
        "registered_model",
        "status",
        "decision",
        "candidate",
        "took",
        "why",
    )
    list_filter = (("registered_model", AlwaysShown), "status", "decision", "task", "trigger", "created_at")
    search_fields = ("reason", "requested_by", "schedule_name")
    list_select_related = (
        "registered_model",
        "candidate__signature__registered_model",
        "champion__signature__registered_model",
        "promotion__registered_model",
        "approval_request__answer",
    )
    inlines = (CheckResultInline,)
    actions = ["approve", "refuse", "cancel"]
    change_form_template = "scheduling/run.html"
    fieldsets = (
        (
            None,
            {"fields": ("task", "registered_model", "status", "step", "decision", "reason", "show_approval")},
        ),
        ("What was compared", {"fields": COMPARED}),
        ("When, and who asked", {"fields": WHEN_AND_WHO}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Run | None = None) -> Any:
        """With what was noted, as far as this reader may see it."""
        fields = PRIVATE if may_read_values(request.user) else EVIDENCE
        return (*self.fieldsets, ("Evidence", {"classes": ("collapse",), "fields": fields}))

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Its own permission."""
        return request.user.has_perm("scheduling.cancel_run")

    @admin.action(description="Cancel…", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse | None:
        """Call off a run that has not ended."""

        def act(run: Run, form: NoQuestions) -> str:
            cancel_run(run, by=request.user.get_username())
            return f"{run} is cancelled; what it started is stopped within seconds."

        return confirmed(
            self, request, queryset, action="cancel", title="Cancel the run", form_class=NoQuestions, act=act,
            warning="Its process and everything that it started are stopped. Nothing is flipped.",
        )  # fmt: skip

    @admin.display(description="seconds")
    def took(self, run: Run) -> str:
        """Of the work."""
        return f"{run.seconds:.1f}" if run.seconds is not None else "–"

    @admin.display(description="candidate")
    def candidate_link(self, run: Run) -> Any:
        """To the version that was judged."""
        return _link(run.candidate)

    @admin.display(description="champion")
    def champion_link(self, run: Run) -> Any:
        """To the version that was live."""
        return _link(run.champion)

    @admin.display(description="promotion")
    def promotion_link(self, run: Run) -> Any:
        """To the row of the ledger, where it flipped."""
        return _link(run.promotion)

    @admin.display(description="retry of")
    def retry_of_link(self, run: Run) -> Any:
        """To the interrupted run that this one repeats."""
        return _link(run.retry_of)

    @admin.display(description="evidence")
    def show_evidence(self, run: Run) -> Any:
        """Hashes, seed, library versions, limits in force."""
        return as_json(told_evidence(run.evidence, None))

    @admin.display(description="evidence")
    def show_all_evidence(self, run: Run) -> Any:
        """The same with the conditions of slices."""
        return as_json(run.evidence)

    @admin.display(description="parameters")
    def show_parameters(self, run: Run) -> Any:
        """What was asked for."""
        return as_json(run.parameters)


def _link(row: Any) -> Any:
    if row is None:
        return "–"
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, row)
