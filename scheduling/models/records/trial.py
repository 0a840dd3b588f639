"""What a search tried: parameters, and how well an estimator with them did on parts of the training rows."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import PROTECT, Q

from predictions.models.base import rules
from scheduling.models.run import Run
from scheduling.statistics.metrics.table import METRICS


class TrialQuerySet(models.QuerySet["Trial"]):
    """Questions about the trials of one run."""

    def best(self) -> Trial | None:
        """The best on the most rows; of equal ones the first. None where all have failed."""
        scored: list[Trial] = list(self.exclude(mean=None))
        return max(scored, key=_rank, default=None)


class Trial(models.Model):
    """One set of parameters that a search tried. Halving writes it again, with the scores on more rows."""

    class State(models.TextChoices):
        COMPLETE = "complete", "complete"
        PART = "part", "on a part of the rows"
        FAILED = "failed", "failed"

    run = models.ForeignKey(Run, PROTECT, related_name="trials")
    number = models.PositiveIntegerField(help_text="In the order in which they were chosen, from 1.")
    parameters = models.JSONField(default=dict)
    metric = models.CharField(max_length=20)
    share = models.FloatField(default=1.0, help_text="Of each fold's training rows.")
    scores = models.JSONField(default=list, help_text="Of each fold, in order.")
    mean = models.FloatField(null=True, help_text="Of the scores; null where a fold failed.")
    state = models.CharField(max_length=10, choices=State.choices)
    seconds = models.FloatField(help_text="Of all folds together.")
    error = models.TextField(blank=True)
    message = models.TextField(blank=True, help_text="The library's own words. They may quote rows.")

    objects = TrialQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["run", "number"]
        constraints = rules(
            a_trial_has_its_own_number_in_its_run=["run", "number"],
            only_a_failed_trial_has_no_mean=Q(state="failed", mean__isnull=True)
            | ~Q(state="failed") & Q(mean__isnull=False),
        )

    def __str__(self) -> str:
        return f"trial {self.number} of {self.run}"

    @property
    def shown(self) -> list[tuple[str, Any]]:
        """Names and values of the parameters, in order."""
        return sorted(self.parameters.items())


def _rank(trial: Trial) -> tuple[float, float, int]:
    """What trials with a mean are sorted by, the best last."""
    return trial.share, METRICS[trial.metric].sign * (trial.mean or 0.0), -trial.number
