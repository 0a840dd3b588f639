"""Runs and their outcomes: what was decided, on what evidence. Read-only for everybody."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from predictions.admin.base import LongListMixin, ReadOnlyMixin, column
from predictions.admin.editing import confirmed
from predictions.admin.of_model import ModelFilter
from predictions.models.people.access import May
from predictions.zone import lazily_with_zone
from scheduling.admin.approvals import AnsweringAdmin, why
from scheduling.admin.run_page.showing import context_of, runs_to_show
from scheduling.evidence_page.page import evidence_page
from scheduling.evidence_page.words import without_word, word_of_run
from scheduling.models import Run
from scheduling.runs.transitions import cancel_run
from scheduling.views.one_run import file_response


@admin.register(Run)
class RunAdmin(LongListMixin, ReadOnlyMixin, AnsweringAdmin):
    """The audit, newest first; each run with its evidence on one page, and as one file."""

    class Media:
        css = {"all": ["scheduling/evidence.css", "predictions/run_pages.css"]}

    list_display = ("number", "did", "outcome", "when")
    list_display_links = ("number",)
    list_filter = (("registered_model", ModelFilter), "status", "decision", "task", "trigger", "created_at")
    search_fields = ("registered_model__name", "reason", "requested_by", "schedule_name")
    list_select_related = (
        "registered_model", "candidate__signature__registered_model", "approval_request__answer",
    )  # fmt: skip
    actions = ["approve", "refuse", "cancel"]

    number = column("run", lambda run: run.pk, ordering="pk")
    when = column(
        lazily_with_zone("requested"), lambda run: render_to_string("scheduling/run/when.html", {"run": run})
    )

    @admin.display(description="task")
    def did(self, run: Run) -> SafeString:
        """The task, and the version that it made or judged; under it the model."""
        version = f" {run.candidate.label}" if run.candidate else ""
        task = f"{capfirst(run.get_task_display())}{version}"
        return format_html('{}<span class="under">{}</span>', task, run.registered_model)

    @admin.display(description="outcome")
    def outcome(self, run: Run) -> SafeString:
        told = without_word(why(run), word_of_run(run)) or run.step
        return render_to_string("scheduling/run/outcome.html", {"run": run, "why": told})

    def get_urls(self) -> list[Any]:
        file = self.admin_site.admin_view(self.evidence_file_view)
        return [path("<int:pk>/evidence.html", file, name="run-evidence-file"), *super().get_urls()]

    def evidence_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(runs_to_show(Run.objects.all()), pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return file_response(evidence_page(run, reader=request.user))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The run with its evidence. Nobody changes anything here: a POST is refused."""
        run = self.get_object(request, unquote(object_id))
        if request.method == "POST" or not self.has_view_permission(request, run):
            raise PermissionDenied
        if run is None:
            return self.to_front_page(request, object_id)
        run = runs_to_show(Run.objects.all()).get(pk=run.pk)
        context = self.admin_site.each_context(request) | context_of(run, request.user)
        context |= {"opts": self.opts, "original": run, "title": str(run).capitalize()}
        return TemplateResponse(request, "scheduling/run.html", context)

    @confirmed(
        description="Cancel…", needs=May.CANCEL_RUN, title="Cancel the run",
        warning="The run's process and all processes that it started are stopped. Nothing is promoted.",
    )  # fmt: skip
    def cancel(self, request: HttpRequest, run: Run, form: forms.Form) -> str:
        cancel_run(run, by=request.user.get_username())
        return f"{run} is cancelled. Its processes stop within seconds."
