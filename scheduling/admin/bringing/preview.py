"""The files that wait for a person, and what is known of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from predictions.models import RegisteredModel
from scheduling.evidence_page.page import PREVIEWED
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.runs.quarantine import PREVIEW


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The files that wait for a person, and what is known of their columns."""

    run: Run
    columns: list[dict[str, Any]]
    questions: dict[str, dict[str, Any]]  # by field: a column or an option
    given: dict[str, Any]  # what was answered so far, as `inference.infer` takes it

    @property
    def notes(self) -> list[str]:
        return list(self.run.notes)


def preview_of(model: RegisteredModel) -> Preview | None:
    """Return what waits for a person, with what the newest registration found wrong in the answers."""
    runs = Run.objects.filter(registered_model=model, task=TaskName.REGISTER)
    run = runs.filter(parameters__what=PREVIEW, status=Run.Status.FINISHED).first()
    if run is None or PREVIEWED not in run.evidence:
        return None
    refused = runs.filter(pk__gt=run.pk, parameters__what="model").exclude(errors=[]).first()
    errors = refused.errors if refused else run.evidence[PREVIEWED]["questions"]
    given = (refused or run).parameters
    return Preview(
        run=run, columns=run.evidence[PREVIEWED]["columns"], questions={one["field"]: one for one in errors},
        given={"output": given["output"], **given["question"]},
    )  # fmt: skip


def facts_of(model: RegisteredModel) -> dict[str, str]:
    """Return what was said of the model with its files, as the API takes it, so that it stays."""
    truths = {name: str(getattr(model, name)).lower() for name in ("public", "data_changes")}
    return truths | {"title": model.title}
