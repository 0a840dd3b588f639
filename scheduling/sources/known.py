"""Whether a retraining would only repeat the last one: the same rows, and nothing else has changed."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from predictions.models import Dataset, RegisteredModel
from predictions.models.promotion import live_promotion
from scheduling.models import DataSource, Recipe, Run
from scheduling.models.schedule import TaskName
from scheduling.sources.refusals import NothingNew

ALIKE = (Recipe.Kind.REFIT, Recipe.Kind.TRAINER)  # the others draw values: another candidate each time


def refuse_known_file(model: RegisteredModel) -> None:
    """Raise `NothingNew` where another retraining would do as the last one, on the same file.

    Nothing is read but rows of the database: of a source that has to be read, nothing is said.
    """
    source = DataSource.objects.of(model, DataSource.Role.TRAINING)
    if source and not source.is_newest_file:
        return
    own = DataSource.objects.of(model, DataSource.Role.EVALUATION)
    sets = Dataset.objects.uploaded if source or own else Dataset.objects.current
    training, last = sets(model, DataSource.Role.TRAINING), last_retraining(model)
    recipe = Recipe.objects.filter(registered_model=model).first()
    if training is None or last is None or (recipe and recipe.kind not in ALIKE):
        return
    assert last.candidate
    if last.candidate.training_dataset_id == training.pk and not is_changed_since(last):
        raise NothingNew(run=last.pk, rows=training.rows)


def last_retraining(model: RegisteredModel) -> Run | None:
    """Return the newest run whose candidate was judged to an end."""
    runs = _judged().filter(registered_model=model, task=TaskName.RETRAIN)
    return runs.select_related("candidate__training_dataset").order_by("-pk").first()


def learned_from(rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Return those that a version was trained on which was judged to an end, or is or was live."""
    judged = _judged().values("candidate__training_dataset")
    return rows.filter(Q(pk__in=judged) | Q(trained_versions__promotions__isnull=False)).distinct()


def _judged() -> QuerySet[Run]:
    """Runs that need not be repeated. One that was blocked may have been for a passing reason."""
    finished = Run.objects.filter(status=Run.Status.FINISHED, candidate__training_dataset__isnull=False)
    return finished.exclude(decision__in=["", Run.Decision.BLOCKED])


def is_changed_since(last: Run) -> bool:
    """Whether the recipe was saved since that run, or another version than its candidate went live."""
    began = last.started_at or last.created_at
    model = last.registered_model_id
    saved = Recipe.history.filter(registered_model=model).first()
    if saved and saved.history_date > began:
        return True
    live = live_promotion(last.registered_model)
    return bool(live and live.at > began and live.version_id != last.candidate_id)
