"""When a task runs: rows that people edit in the admin."""

from __future__ import annotations

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
from scheduling.timing.cron_line import CronLine, NotACronLine
from scheduling.timing.triggers import Timing, trigger_of

MINIMUM_SECONDS = 10
MAXIMUM_SECONDS = 366 * 86_400


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


SCHEDULABLE = [TaskName.RETRAIN, TaskName.VALIDATE, TaskName.PRUNE]
LANE_OF = {task.value: Lane.TRAINING for task in TaskName}
LANE_OF |= {TaskName.WATCH.value: Lane.SAFETY, TaskName.PRUNE.value: Lane.UPKEEP}
LANE_OF[TaskName.TRY_SOURCE.value] = Lane.UPKEEP


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    """Questions about many schedules."""

    def enabled(self) -> ScheduleQuerySet:
        return self.filter(enabled=True).order_by("pk")

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
    """A task that runs by itself: every so many seconds, or by a cron line in UTC."""

    class Trigger(models.TextChoices):
        INTERVAL = "interval"
        CRON = "cron"

    class AfterInterruption(models.TextChoices):
        LEAVE = "leave", "wait for the next occurrence"
        QUEUE_AGAIN = "queue_again", "run it again at once"

    name = models.CharField(max_length=100, unique=True)
    task = models.CharField(
        max_length=20,
        choices=[(t.value, t.label) for t in SCHEDULABLE],
        help_text="retrain: train a candidate by the recipe and judge it. validate: judge the newest "
        "version. prune: remove what is past its retention time.",
    )
    registered_model = models.ForeignKey(RegisteredModel, CASCADE, related_name="schedules")
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.INTERVAL)
    every_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(MINIMUM_SECONDS), MaxValueValidator(MAXIMUM_SECONDS)],
    )
    cron = models.CharField(
        max_length=100,
        blank=True,
        help_text="Five fields, in UTC: minute, hour, day of the month, month, weekday. 0 3 * * mon-fri is "
        "03:00 from Monday to Friday. If you give both a day and a weekday, it runs on either of them.",
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
            schedule_has_exactly_its_trigger=Q(
                trigger="interval", every_seconds__isnull=False, every_seconds__gte=1, cron=""
            )
            | Q(trigger="cron", every_seconds__isnull=True) & ~Q(cron="")
        )

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> str:
        """When it fires, in a few words; a change of it means a new plan of times."""
        if self.trigger == self.Trigger.INTERVAL:
            return f"every {self.every_seconds} seconds"
        return f"cron {self.cron} (UTC)"

    @property
    def fires(self) -> Timing:
        """What fires it, and says when. Raises `ValueError` for a row that was not validated."""
        return trigger_of(every_seconds=self.every_seconds, cron=self.cron)

    @property
    def in_words(self) -> str:
        try:
            return self.fires.in_words
        except ValueError as error:
            return f"Never. {error}"

    def clean(self) -> None:
        if self.trigger == self.Trigger.INTERVAL:
            self.cron = ""
            if self.every_seconds is None:
                raise ValidationError({"every_seconds": "Enter the number of seconds between two runs."})
        else:
            self.every_seconds = None
            try:
                self.cron = CronLine(self.cron).text
            except NotACronLine as error:
                raise ValidationError({"cron": str(error)}) from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what `clean` has accepted: a schedule that cannot fire would stop the others."""
        self.clean()
        super().save(*args, **kwargs)
