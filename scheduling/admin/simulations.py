"""A model's page of simulated policies: the newest report, or that of one run, and a button for a new one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path

from predictions.contract.numbers import number_in
from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from scheduling.admin.model_pages import ModelPages, model_for
from scheduling.admin.schedules import queue
from scheduling.models import Run, Simulation
from scheduling.models.schedule import TaskName
from scheduling.simulation.report import words
from scheduling.simulation.report.schema import Estimate, Played, Report, ReportUnreadable, from_stored

CHOICES = {"": "by the recipe, if there is one", "recipe": "by the recipe", "versions": "its versions"}


class SimulationPages(ModelPages):
    """Adds the page; a run of the task `simulate` does the work."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.simulation_view)
        return [path("<int:pk>/simulation/", view, name="model-simulation"), *super().get_urls()]

    def simulation_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a report; POST queues a run, unless one is at work."""
        model = model_for(request, pk, May.READ)
        if request.method == "POST":
            return self._requested(request, model)
        shown = _chosen(model, request.GET.get("run", ""))
        context = report_context(shown) if shown else {}
        return self.page(
            request, model, "scheduling/simulation.html", title=f"Simulated policies of {model}",
            working=_at_work(model), latest=_of(model).first(), choices=CHOICES.items(),
            may_request=allowed(request.user, May.REQUEST_RUN, model), **context,
        )  # fmt: skip

    def _requested(self, request: HttpRequest, model: RegisteredModel) -> HttpResponse:
        if not allowed(request.user, May.REQUEST_RUN, model):
            raise PermissionDenied
        asked = request.POST.get("candidates", "")
        if asked not in CHOICES:
            self.message_user(request, "candidates: choose one of the list.", messages.ERROR)
        elif run := _at_work(model):
            self.message_user(request, f"{run} has not ended yet.", messages.WARNING)
        else:
            parameters = {"candidates": asked} if asked else {}
            said = queue(request, TaskName.SIMULATE, model, **parameters)
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(admin_path("model-simulation", model.pk))


def _of(model: RegisteredModel) -> Any:
    """Those that play the past: one with changes judges recorded runs again."""
    runs = Run.objects.filter(registered_model=model, task=TaskName.SIMULATE)
    return runs.filter(parameters__changes__isnull=True).order_by("-pk")


def _at_work(model: RegisteredModel) -> Run | None:
    run: Run | None = _of(model).unfinished().first()
    return run


def _chosen(model: RegisteredModel, run: str) -> Simulation | None:
    """The simulation of a run, or the newest. Raises `Http404` where that run has none."""
    rows = Simulation.objects.filter(run__registered_model=model).select_related("run")
    if not run:
        return rows.first()
    return get_object_or_404(rows, run_id=number_in(run))


def report_context(simulation: Simulation) -> dict[str, Any]:
    """Return what the template shows of a report; why it cannot be read, where it cannot."""
    context: dict[str, Any] = {"simulation": simulation}
    try:
        report = from_stored(simulation.report)
    except ReportUnreadable as error:
        return context | {"problem": str(error)}
    return context | {
        "report": report,
        "headline": words.headline(report),
        "columns": words.columns_in_words(report),
        "legend": words.LEGEND,
        "not_played": words.NOT_PLAYED,
        "rows": _rows(report),
        "numbers": range(1, len(report.periods) + 1),
    }


def _rows(report: Report) -> list[dict[str, Any]]:
    ends = [one.regret.high or one.regret.mean for one in report.policies if one.regret]
    return [_row(one, report, scale=max(ends, default=0.0)) for one in report.policies]


def _row(one: Played, report: Report, *, scale: float) -> dict[str, Any]:
    steps = {step.period: step for step in one.steps}
    return {
        "policy": one,
        "served": words.figure(one.served),
        "lost": words.estimate_in_words(one.regret),
        "bar": bar_of(one.regret, scale),
        "behind": words.estimate_in_words(one.behind),
        "false_flips": words.share_in_words(one.false_flips),
        "missed_flips": words.share_in_words(one.missed_flips),
        "steps": [
            {"step": steps.get(number), "mark": words.mark_of(steps.get(number))}
            for number in range(1, len(report.periods) + 1)
        ],
    }


def bar_of(found: Estimate | None, scale: float) -> dict[str, float] | None:
    """Return mean, low and high in percent of the widest; None where there is nothing to draw."""
    if found is None or not scale:
        return None
    ends = {"mean": found.mean, "low": found.low, "high": found.high}
    return {name: round(100 * (found.mean if end is None else end) / scale, 2) for name, end in ends.items()}
