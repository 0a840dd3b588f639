"""All that a run's page shows to one reader, as the context of its template."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from predictions.contract.numbers import counted
from predictions.models.dataset import Dataset
from predictions.paths import admin_path
from scheduling.admin.run_page.next_steps import advice
from scheduling.admin.run_page.offers import offers_of
from scheduling.evidence_page.page import EvidencePage, evidence_page
from scheduling.models import Run, Watch
from scheduling.models.schedule import TaskName
from scheduling.runs.quarantine import PREVIEW

RELATED = (
    "registered_model", "schedule", "retry_of", "evaluation_dataset__registered_model", "evidence_file",
    "candidate__signature__registered_model", "candidate__training_dataset__registered_model",
    "champion__signature__registered_model", "champion__training_dataset__registered_model",
    "promotion__version__signature", "promotion__registered_model", "promotion__watch",
    "approval_request__answer", "approval_request__replacing", "simulation", "source_trial", "back_test",
    "training_output",
)  # fmt: skip


def runs_to_show(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Return the runs with all that their page asks of them."""
    return runs.select_related(*RELATED).prefetch_related("results")


def context_of(run: Run, reader: Any) -> dict[str, Any]:
    """Return what the template `scheduling/run.html` needs."""
    page = evidence_page(run, reader=reader)
    return {
        "page": page,
        "run": run,
        "on_the_page": True,
        "advice": advice(run, reader),
        "offers": offers_of(run, reader),
        "progress": progress_of(page),
        "did": links_of(run),
        "has_file": bool(page.outcomes or page.exhibits),
    }


def progress_of(page: EvidencePage) -> dict[str, int] | None:
    """Return how many of the checks have answered, while the run works; None before they begin."""
    asked = page.run.evidence.get("limits")
    if not page.run.is_unfinished or not asked:
        return None
    return {"done": len(page.outcomes), "of": len(asked)}


def links_of(run: Run) -> list[tuple[str, str]]:
    """Return (words, path) of what the run made or acted on."""
    model = run.registered_model
    links = [] if run.candidate is None else [_link(f"Version {run.candidate.label}", run.candidate)]
    if run.promotion is not None:
        links.append(_link(f"Promotion {run.promotion.sequence}", run.promotion))
    if run.task == TaskName.SIMULATE and hasattr(run, "simulation"):
        page = admin_path("model-simulation", model.pk)
        links.append(("Simulated policies", f"{page}?run={run.pk}"))
    if run.task == TaskName.WATCH:
        links += [_link(f"Watch of {one.promotion}", one) for one in _watches(run)]
    if run.task == TaskName.REGISTER and run.parameters.get("what") == PREVIEW:
        links.append(("Confirm the columns", admin_path("model-setup", model.pk)))
    if run.task == TaskName.RETRAIN and run.evaluation_dataset is not None:
        links.append(_dataset(run.evaluation_dataset))
    return links


def _watches(run: Run) -> QuerySet[Watch]:
    return Watch.objects.filter(run=run).select_related(
        "promotion__registered_model", "promotion__version__signature"
    )


def _dataset(dataset: Dataset) -> tuple[str, str]:
    return _link(f"Judged on {counted(dataset.rows, 'row')}", dataset)


def _link(words: str, row: Any) -> tuple[str, str]:
    return words, admin_path(f"{row._meta.app_label}_{row._meta.model_name}_change", row.pk)
