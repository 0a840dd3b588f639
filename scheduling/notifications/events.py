"""Which changes of the database are events, and what is told of each."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models.signals import post_save

from predictions.models import Promotion, RegisteredModel, Worker
from predictions.models.promotion import live_promotion
from predictions.zone import to_second
from scheduling.models import Look, Notice, Run
from scheduling.models.notices.subscription import Event
from scheduling.models.run import READING, decided
from scheduling.notifications.publishing import Told, publish

RUN_PAGE = "scheduling_run_change"
IN_A_ROW = 3
AWAY = timedelta(minutes=1)
LASTS = timedelta(seconds=30)  # a version that does not load for so long: a host that starts needs a while


def listen() -> None:
    """Connect the receivers; each works in the transaction of what happened."""
    post_save.connect(on_flip, sender=Promotion, dispatch_uid="tell of a promotion")
    post_save.connect(on_look, sender=Look, dispatch_uid="tell of a set that is used up")
    post_save.connect(on_report, sender=Worker, dispatch_uid="tell of a version that does not load")
    decided.connect(on_decision, sender=Run, dispatch_uid="tell of a run")


def on_flip(instance: Promotion, *, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Tell of a promotion or rollback. The rows of a fixture are none."""
    if not created or raw:
        return
    model, back = instance.registered_model, instance.kind == Promotion.Kind.ROLL_BACK
    replaced = f" in place of {instance.replaced_version.label}" if instance.replaced_version else ""
    done = "was rolled back to" if back else "now answers with"
    told = Told(
        what=f"{model.name} {done} version {instance.version.label}{replaced}.",
        why=instance.reason, evidence=f"Row {instance.sequence} of the ledger, by {instance.by}.",
        page="predictions_promotion_change", page_id=instance.pk,
    )  # fmt: skip
    event = Event.ROLLED_BACK if back else Event.PROMOTED
    publish(event, told, key=_key_of(instance.pk), model=model)


def _key_of(promotion: int) -> str:
    return f"promotion {promotion}"


def on_look(instance: Look, *, created: bool, **kwargs: Any) -> None:
    """Tell once of the evaluation sets that share rows with this one that they are worn."""
    if not created or not instance.is_worn:
        return
    evaluation = instance.evaluation_dataset
    model = evaluation.registered_model.name
    told = Told(
        what=f"The evaluation set of {model} is used up: candidates can hardly pass.",
        why=f"It was {instance.sentence}.",
        evidence=f"The last comparison was of candidate {instance.candidate} with {instance.champion}.",
        page="predictions_dataset_change", page_id=evaluation.pk,
    )  # fmt: skip
    publish(Event.WORN, told, key=f"worn {instance.first_set_id}", model=evaluation.registered_model)


def on_report(instance: Worker, **kwargs: Any) -> None:
    """Tell once for each promotion of a version that a worker has not been able to serve for a while."""
    if not instance.problems or instance.seen_at - instance.since < LASTS:
        return
    for model in RegisteredModel.objects.filter(name__in=instance.problems):
        live = live_promotion(model)
        if live is None:
            continue
        told = Told(
            what=f"Version {live.version.label} of {model.name} is live and does not load.",
            why=instance.problems[model.name],
            evidence=f"Web worker {instance} says so. It answers with the version before, if there is one.",
            page="model-page", page_id=model.pk,
        )  # fmt: skip
        publish(Event.NOT_LOADED, told, key=f"not loaded {live.pk}", model=model)


def on_decision(*, run: int, step: str, **kwargs: Any) -> None:
    """Tell of a run that was closed, or that a person settled, where that is an event."""
    row = Run.objects.select_related("registered_model", "candidate__signature", "champion__signature").get(
        pk=run
    )
    if row.promotion_id is not None:  # its message is there: now it is known which run it was
        notice = Notice.objects.filter(key=_key_of(row.promotion_id))
        notice.update(evidence=evidence_of_run(row), page=RUN_PAGE, page_id=row.pk)
    elif row.decision == Run.Decision.AWAITING_APPROVAL:
        _tell(Event.AWAITING, row, f"{_candidate(row)} awaits an approval.")
    elif row.status == Run.Status.FAILED and row.task == "retrain" and step.startswith(READING):
        _tell(Event.SOURCE_FAILED, row, f"The data source of {row.registered_model.name} failed.")
    elif row.decision == Run.Decision.BLOCKED and _blocked_in_a_row(row) == IN_A_ROW:
        _tell(Event.BLOCKED, row, f"{IN_A_ROW} runs of {row.registered_model.name} in a row were blocked.")


def _tell(event: Event, run: Run, what: str) -> None:
    told = Told(what=what, why=run.reason, evidence=evidence_of_run(run), page=RUN_PAGE, page_id=run.pk)
    publish(event, told, key=f"run {run.pk} {event}", model=run.registered_model)


def _candidate(run: Run) -> str:
    label = run.candidate.label if run.candidate else "?"
    return f"Version {label} of {run.registered_model.name}"


def _blocked_in_a_row(run: Run) -> int:
    """Return how many of the newest decisions are "blocked", up to one more than what is told."""
    decisions = Run.objects.filter(registered_model=run.registered_model_id, pk__lte=run.pk).exclude(
        decision=""
    )
    newest = list(decisions.values_list("decision", flat=True)[: IN_A_ROW + 1])
    return next((n for n, one in enumerate(newest) if one != Run.Decision.BLOCKED), len(newest))


def tell_of_absence(*, since: datetime, until: datetime, epoch: int) -> None:
    """For the transaction in which a scheduler takes the lead: nobody can tell while there is none."""
    if until - since < AWAY:
        return
    minutes = round((until - since).total_seconds() / 60)
    time = "a minute" if minutes == 1 else f"{minutes:,} minutes"
    told = Told(
        what=f"There was no scheduler for {time}. There is one again.",
        why="The one before ended or lost its database. Meanwhile no run began and nothing was watched.",
        evidence=f"Seen last at {to_second(since)}; another leads since {to_second(until)}.",
        page="scheduling_schedule_changelist",
    )  # fmt: skip
    publish(Event.NO_SCHEDULER, told, key=f"no scheduler before {epoch}")


def evidence_of_run(run: Run) -> str:
    """Return which run it was, what it compared, and how its checks ended; no value of a row."""
    compared = f"version {run.candidate.label}" if run.candidate else "no candidate"
    if run.champion:
        compared += f" compared with {run.champion.label}"
    levels = Counter(run.results.values_list("level", flat=True))
    checks = ", ".join(f"{count} {level.replace('_', ' ')}" for level, count in sorted(levels.items()))
    return f"Run {run.pk}: {compared}." + (f" Checks: {checks}." if checks else "")
