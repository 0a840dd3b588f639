"""When a task runs: rows that people edit in the admin."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CASCADE, OuterRef, Q, Subquery
from django.db.models.functions import Cast

from predictions.models import RegisteredModel
from predictions.models.base import Recorded, rules
from predictions.zone import zone_of_the_project
from scheduling.models.schedule_fields import (
    BY_CLOCK,
    CLOCKS,
    HELP,
    LEAST_LOOKS,
    MAXIMUM_SECONDS,
    MINIMUM_SECONDS,
    OF_TRIGGERS,
    OFTEN,
    RESTS,
    USUAL_LOOKS,
    USUAL_REST,
)
from scheduling.timing.cron_line import CronLine, NotACronLine
from scheduling.timing.triggers import Timing, every, trigger_of


class TaskName(models.TextChoices):
    """What a run does: one function of `scheduling.tasks` each."""

    RETRAIN = "retrain", "retrain"
    VALIDATE = "validate", "validate"
    UPLOAD = "upload", "upload"
    REGISTER = "register", "register"
    PRUNE = "prune", "prune"
    WATCH = "watch", "watch"
    SIMULATE = "simulate", "simulate"
    TRY_SOURCE = "try_source", "try a data source"


class Lane(StrEnum):
    """Where a task's runs queue up: in each lane one run works at a time, and no lane waits for another."""

    SAFETY = "safety"  # looks after what is live
    TRAINING = "training"  # heavy: two at once would only slow each other
    UPKEEP = "upkeep"  # long and light


JUDGES = {TaskName.RETRAIN, TaskName.VALIDATE, TaskName.UPLOAD, TaskName.REGISTER}  # may promote
SCHEDULABLE = [TaskName.RETRAIN, TaskName.VALIDATE, TaskName.PRUNE]
LANE_OF = {task.value: Lane.TRAINING for task in TaskName}
LANE_OF |= {TaskName.WATCH.value: Lane.SAFETY, TaskName.PRUNE.value: Lane.UPKEEP}
LANE_OF[TaskName.TRY_SOURCE.value] = Lane.UPKEEP


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    """Questions about many schedules."""

    def enabled(self) -> ScheduleQuerySet:
        return self.filter(enabled=True).order_by("pk")

    def by_clock(self) -> ScheduleQuerySet:
        """Those that the scheduler plans in times."""
        return self.enabled().filter(trigger__in=CLOCKS)

    def by_look(self) -> ScheduleQuerySet:
        """Those that fire by what a look finds."""
        return self.enabled().exclude(trigger__in=CLOCKS)

    def with_job(self) -> ScheduleQuerySet:
        """Annotate what the scheduler's stored job says; None where there is no job yet."""
        # Not imported: only `engine.job_store` may.
        jobs = apps.get_model("django_apscheduler", "DjangoJob").objects
        mine = jobs.filter(pk=Cast(OuterRef("pk"), models.CharField()))
        return self.annotate(
            next_run_time=Subquery(mine.values("next_run_time")[:1]),
            job_state=Subquery(mine.values("job_state")[:1]),
        )


class Schedule(models.Model):
    """A task that runs by itself: by the clock, or when there is something to train for."""

    class Trigger(models.TextChoices):
        INTERVAL = "interval", "at a fixed interval"
        CRON = "cron", "at times of the calendar (cron)"
        NEW_ROWS = "new_rows", "when there are new rows"
        DRIFT = "drift", "when data or losses have drifted"

    class AfterInterruption(models.TextChoices):
        LEAVE = "leave", "wait for the next occurrence"
        QUEUE_AGAIN = "queue_again", "run it again at once"

    name = models.CharField(max_length=100, unique=True)
    task = models.CharField(
        max_length=20,
        choices=[(t.value, t.label) for t in SCHEDULABLE],
        help_text="Retrain: train a candidate by the recipe and judge it. Validate: judge the newest "
        "version. Prune: remove what is past its retention time.",
    )
    registered_model = models.ForeignKey(RegisteredModel, CASCADE, related_name="schedules")
    trigger = models.CharField(
        max_length=10, choices=Trigger.choices, default=Trigger.INTERVAL, help_text=HELP["trigger"]
    )
    every_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=HELP["every_seconds"],
        validators=[MinValueValidator(MINIMUM_SECONDS), MaxValueValidator(MAXIMUM_SECONDS)],
    )
    cron = models.CharField(max_length=100, blank=True, help_text=HELP["cron"])
    new_rows = models.PositiveIntegerField(
        null=True, blank=True, help_text=HELP["new_rows"], validators=[MinValueValidator(1)]
    )
    at_most_every_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=HELP["at_most_every_seconds"],
        validators=[MinValueValidator(LEAST_LOOKS), MaxValueValidator(MAXIMUM_SECONDS)],
    )
    enabled = models.BooleanField(default=True)
    after_interruption = models.CharField(
        max_length=12,
        choices=AfterInterruption.choices,
        default=AfterInterruption.LEAVE,
        help_text="What happens to a run that was at work when the scheduler was stopped.",
    )

    objects = ScheduleQuerySet.as_manager()
    history = Recorded()

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = rules(
            schedule_has_exactly_its_trigger=Q(trigger="interval", cron="", **BY_CLOCK, **OFTEN)
            | Q(trigger="cron", every_seconds__isnull=True, **BY_CLOCK) & ~Q(cron="")
            | Q(trigger="new_rows", cron="", new_rows__isnull=False, new_rows__gte=1, **RESTS, **OFTEN)
            | Q(trigger="drift", cron="", new_rows__isnull=True, **RESTS, **OFTEN)
        )

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> str:
        """When it fires, in a few words; a change of it means a new plan of times."""
        if self.is_by_look:
            return f"{self.trigger} {self.new_rows or ''} looks every {self.every_seconds} seconds"
        if self.trigger == self.Trigger.INTERVAL:
            return f"every {self.every_seconds} seconds"
        return f"cron {self.cron} ({zone_of_the_project()})"

    @property
    def is_by_look(self) -> bool:
        return self.trigger not in CLOCKS

    @property
    def fires(self) -> Timing:
        """What fires it by the clock. Raises `ValueError` where nothing does, or it was not validated."""
        if self.is_by_look:
            raise ValueError("What a look finds is not known before.")
        return trigger_of(every_seconds=self.every_seconds, cron=self.cron)

    @property
    def in_words(self) -> str:
        try:
            return self._by_look_in_words if self.is_by_look else self.fires.in_words
        except ValueError as error:
            return f"Never. {error}"

    @property
    def _by_look_in_words(self) -> str:
        looks, rest = self.every_seconds or USUAL_LOOKS, self.at_most_every_seconds or USUAL_REST
        when = "When data or losses have drifted"
        if self.trigger == self.Trigger.NEW_ROWS:
            when = f"When there are {self.new_rows or 0:,} new rows"
        return f"{when}. It looks {every(looks)}, and runs at most {every(rest)}"

    @property
    def rest(self) -> timedelta:
        """How long it rests after a run that it started."""
        return timedelta(seconds=self.at_most_every_seconds or 0)

    def clean(self) -> None:
        """Fill in what is usual and empty what another trigger needs. Raises `ValidationError`."""
        for name in OF_TRIGGERS:
            if self.trigger not in OF_TRIGGERS[name]:
                setattr(self, name, "" if name == "cron" else None)
        if self.is_by_look:
            self.every_seconds = USUAL_LOOKS if self.every_seconds is None else self.every_seconds
            if self.at_most_every_seconds is None:
                self.at_most_every_seconds = USUAL_REST
        if wrong := self._wrong():
            raise ValidationError(wrong)

    def _wrong(self) -> dict[str, str]:
        if self.trigger == self.Trigger.CRON:
            try:
                self.cron = CronLine(self.cron).text
            except NotACronLine as error:
                return {"cron": str(error)}
        elif self.trigger == self.Trigger.INTERVAL and self.every_seconds is None:
            return {"every_seconds": "Enter the number of seconds between two runs."}
        if self.is_by_look and self.task != TaskName.RETRAIN:
            return {
                "trigger": f"Choose an interval or cron: {self.task} waits for no rows and no drift, as only "
                "retrain does."
            }
        if self.is_by_look and (self.every_seconds or 0) < LEAST_LOOKS:
            return {"every_seconds": f"Enter at least {LEAST_LOOKS} seconds between two looks."}
        if self.trigger == self.Trigger.NEW_ROWS and not self.new_rows:
            return {"new_rows": "Enter how many rows have to be new, at least 1."}
        return {}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what `clean` has accepted: a schedule that cannot fire would stop the others."""
        self.clean()
        super().save(*args, **kwargs)
