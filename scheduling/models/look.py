"""What has been spent of an evaluation set: each look at it makes the next ones harder to please."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from predictions.models import Dataset
from predictions.models.append_only import AppendOnly
from scheduling.models.run import Run

WORN = 2.0  # the factor of the margin at which fresh labels are asked for


class LookQuerySet(models.QuerySet["Look"]):
    """Questions about an evaluation set's looks."""

    def spent(self, evaluation: Dataset) -> int:
        """How many looks at this set have been counted."""
        return self.filter(evaluation_dataset=evaluation).aggregate(last=models.Max("number"))["last"] or 0

    def latest_of(self, evaluation: Dataset) -> Look | None:
        """The last look at this set, or None."""
        return self.filter(evaluation_dataset=evaluation).order_by("-number").first()


class Look(AppendOnly):
    """One comparison on an evaluation set that could have flipped something, and the alpha it spent.

    It outlives the run: what a set has lost does not come back when old runs are pruned.
    """

    evaluation_dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="looks")
    number = models.PositiveIntegerField(help_text="From 1: the k of alpha's schedule.")
    run = models.OneToOneField(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="look")
    candidate = models.CharField(max_length=30)
    champion = models.CharField(max_length=30)
    metric = models.CharField(max_length=20)
    alpha = models.FloatField(help_text="One-sided, of this look.")
    margin_factor = models.FloatField(help_text="How much wider than at the first look the interval is.")
    at = models.DateTimeField(auto_now_add=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        ordering = ["evaluation_dataset", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation_dataset", "number"], name="a_look_at_a_set_has_its_own_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="looks_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"look {self.number} at {self.evaluation_dataset}"

    @property
    def is_worn(self) -> bool:
        """Whether the set should be replaced by fresh labels."""
        return self.margin_factor >= WORN

    @property
    def sentence(self) -> str:
        """For people: how worn the set is, and what to do."""
        said = f"{self.number} looks, margin × {self.margin_factor:.2f}"
        return f"{said}: worn, bring fresh labels" if self.is_worn else said
