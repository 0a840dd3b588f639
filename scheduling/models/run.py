"""One execution of a task: the unit of the audit, and the queue."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import PROTECT, SET_NULL, Index, Q, UniqueConstraint
from django.dispatch import Signal
from django.utils import timezone

from predictions import database
from predictions.contract.storable import storable
from predictions.models import Dataset, ModelVersion, Promotion, RegisteredModel
from predictions.models.base import A_LITTLE, LONGEST_NAME, rules
from scheduling.models.schedule import LANE_OF, Lane, Schedule, TaskName

log = logging.getLogger("scheduling.runs")
FITTING = "fitting the candidate"  # a step with a time limit of its own
READING = "reading rows from the source"  # another; how far it is may follow
ONCE = (("schedule", "scheduled_for"), ("requested_by", "idempotency_key"))  # one run each

# A run was closed or settled: `run` (its id) and the `step` it ended in, in that transaction.
decided = Signal()


class KeyReused(Exception):
    """The idempotency key was used before, for something else."""


class RunQuerySet(models.QuerySet["Run"]):
    """The queue's vocabulary; each transition is one guarded update."""

    def queued(self) -> RunQuerySet:
        """Those that wait: what people asked for first, then the oldest."""
        by_itself = [Run.Trigger.SCHEDULE, Run.Trigger.RETRY, Run.Trigger.WATCH]
        people_first = models.Case(models.When(trigger__in=by_itself, then=1), default=0)
        return self.filter(status=Run.Status.QUEUED).order_by(people_first, "pk")

    def in_lane(self, lane: Lane) -> RunQuerySet:
        return self.filter(task__in=[task for task, own in LANE_OF.items() if own is lane])

    def running(self) -> RunQuerySet:
        return self.filter(status=Run.Status.RUNNING)

    def unfinished(self) -> RunQuerySet:
        return self.filter(status__in=[Run.Status.QUEUED, Run.Status.RUNNING])

    def awaiting(self) -> RunQuerySet:
        return self.filter(decision=Run.Decision.AWAITING_APPROVAL)

    def ended_since(self, moment: datetime) -> RunQuerySet:
        """Those that ended after this moment, and not in the future."""
        return self.filter(finished_at__gt=moment, finished_at__lt=timezone.now() + A_LITTLE)

    def enqueue(
        self, *, task: str, registered_model: RegisteredModel, trigger: str, requested_by: str,
        parameters: dict[str, Any] | None = None, instead: str = "", **columns: Any,
    ) -> Run:  # fmt: skip
        """Return a new run that waits, or the one that this occurrence or idempotency key has already.

        However often and at once it is asked for, it is one run. `instead` says why it does not wait: it is
        written down as cancelled. Raises `KeyReused` where the key asked for something else before.
        """
        asked: dict[str, Any] = {
            "task": task,
            "registered_model": registered_model,
            "parameters": parameters or {},
        }
        row = {"trigger": trigger, "requested_by": requested_by, **asked, **columns}
        row |= Run.ended_columns(Run.Status.CANCELLED, instead) if instead else {}
        keys = next((pair for pair in ONCE if all(row.get(name) for name in pair)), ())
        if keys:
            run, is_new = self.get_or_create(**{name: row.pop(name) for name in keys}, defaults=row)
        else:
            run, is_new = self.create(**row), True
        if is_new:
            why = instead or f"queued by {requested_by}"
            log.info("run=%s task=%s model=%s: %s", run.pk, task, registered_model, why)
        elif "idempotency_key" in keys and not run.was_asked(**asked):
            raise KeyReused(f"This Idempotency-Key was used before, for run {run.pk}. Use a new key.")
        return run

    def claim(self, run: Run, *, epoch: int) -> bool:
        """Queued to running, for the leader of this epoch; False if somebody was first."""
        waiting = self.filter(pk=run.pk, status=Run.Status.QUEUED)
        return bool(waiting.update(status=Run.Status.RUNNING, epoch=epoch, started_at=timezone.now()))

    def close(self, run: Run, *, status: str, reason: str, **columns: Any) -> bool:
        """Running to a final status, for the child of this epoch; False if it is fenced off."""
        mine = self.running().filter(pk=run.pk, epoch=run.epoch)
        with database.atomic():
            step = mine.values_list("step", flat=True).first() or ""
            closed = bool(mine.update(**Run.ended_columns(status, reason), **storable(columns)))
            if closed:
                decided.send(sender=Run, run=run.pk, step=step)
        return closed

    def settle(self, run: Run, *, decision: str, promotion: Promotion | None = None) -> bool:
        """From awaiting approval to its decision; False if somebody was first."""
        with database.atomic():
            settled = bool(self.awaiting().filter(pk=run.pk).update(decision=decision, promotion=promotion))
            if settled:
                decided.send(sender=Run, run=run.pk, step="")
        return settled

    def interrupt(self, run: Run, *, reason: str) -> bool:
        """Running to interrupted, whoever had claimed it; False if it has ended."""
        ended = Run.ended_columns(Run.Status.INTERRUPTED, reason)
        return bool(self.running().filter(pk=run.pk).update(**ended))

    def cancel(self, run: Run, *, reason: str) -> bool:
        """To cancelled, from any status that is not final; False if it has ended."""
        ended = Run.ended_columns(Run.Status.CANCELLED, reason)
        return bool(self.unfinished().filter(pk=run.pk).update(**ended))


class Run(models.Model):
    """A task that is due, at work or over. The row exists before the work starts."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"
        INTERRUPTED = "interrupted"
        CANCELLED = "cancelled"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule"
        MANUAL = "manual"
        API = "api"
        COMMAND = "command", "manage.py"
        RETRY = "retry", "retry of an interrupted run"
        WATCH = "watch", "the watch after a promotion"

    class Decision(models.TextChoices):
        PROMOTED = "promoted"
        KEPT = "kept"
        CANNOT_TELL = "cannot_tell", "cannot tell"
        BLOCKED = "blocked"
        AWAITING_APPROVAL = "awaiting_approval", "awaiting approval"
        REFUSED = "refused", "refused by a person"
        LAPSED = "lapsed", "lapsed without an answer"
        WOULD_PROMOTE = "would_promote", "would have been promoted (report only)"

    task = models.CharField(max_length=20, choices=TaskName.choices)
    registered_model = models.ForeignKey(RegisteredModel, PROTECT, related_name="runs")
    schedule = models.ForeignKey(Schedule, SET_NULL, null=True, blank=True, related_name="runs")
    schedule_name = models.CharField(max_length=100, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    requested_by = models.CharField(max_length=LONGEST_NAME, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    idempotency_key = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    retry_of = models.OneToOneField("self", SET_NULL, null=True, blank=True, related_name="retry")
    step = models.CharField(max_length=60, blank=True, help_text="The step that is being worked on.")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    epoch = models.PositiveIntegerField(null=True, blank=True)
    candidate = models.ForeignKey(ModelVersion, PROTECT, null=True, blank=True, related_name="candidate_in")
    champion = models.ForeignKey(
        ModelVersion, PROTECT, verbose_name="live version then", null=True, blank=True,
        related_name="champion_in",
    )  # fmt: skip
    evaluation_dataset = models.ForeignKey(Dataset, PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    reason = models.TextField(blank=True)
    errors = models.JSONField(
        default=list, blank=True, help_text="What was wrong with what was sent, by field."
    )
    notes = models.JSONField(default=list, blank=True, help_text="What was decided about the data, and why.")
    evidence = models.JSONField(default=dict, blank=True)
    promotion = models.OneToOneField(Promotion, PROTECT, null=True, blank=True, related_name="run")
    traceback = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            UniqueConstraint(
                fields=["requested_by", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="one_run_per_idempotency_key",
            ),
            *rules(
                one_run_per_occurrence=["schedule", "scheduled_for"],
                a_promoting_run_has_its_promotion=Q(decision="promoted", promotion__isnull=False)
                | ~Q(decision="promoted") & Q(promotion__isnull=True),
                a_run_that_ended_says_when=Q(status__in=["queued", "running"], finished_at__isnull=True)
                | Q(status__in=["finished", "failed", "interrupted", "cancelled"])
                & Q(finished_at__isnull=False),
                only_a_finished_run_awaits_approval=~Q(decision="awaiting_approval") | Q(status="finished"),
            ),
        ]
        indexes = [
            Index(fields=["status", "id"], name="run_queue"),
            Index(fields=["finished_at"], name="run_ended"),
            Index(fields=["decision", "id"], name="run_decision"),
            Index(fields=["task", "id"], name="run_task"),
            Index(fields=["registered_model", "task", "id"], name="run_of_model_and_task"),
            Index(
                fields=["registered_model", "id"],
                condition=Q(evaluation_dataset__isnull=False),
                name="run_that_judged",
            ),
        ]
        default_permissions = ()

    @property
    def repeats_champion(self) -> bool:
        """Whether a retraining gave the champion again: then the gate was not asked."""
        kept = self.task == TaskName.RETRAIN and self.decision == self.Decision.KEPT
        return kept and self.champion_id is not None and not self.evidence.get("gate")

    def __str__(self) -> str:
        return f"run {self.pk} ({self.task} {self.registered_model})"

    @staticmethod
    def ended_columns(status: str, reason: str) -> dict[str, Any]:
        return {"status": status, "reason": storable(reason), "step": "", "finished_at": timezone.now()}

    def was_asked(self, *, parameters: dict[str, Any], **columns: Any) -> bool:
        """Whether this is the run of such a request; where its files were put does not matter."""
        same = all(getattr(self, name) == value for name, value in columns.items())
        return same and _without_place(self.parameters) == _without_place(parameters)

    @property
    def lane(self) -> Lane:
        return LANE_OF[self.task]

    @property
    def is_unfinished(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def seconds(self) -> float | None:
        """How long the work took, or has taken so far; None before it began."""
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()


def _without_place(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != "quarantine"}
