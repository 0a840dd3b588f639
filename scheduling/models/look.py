"""What has been spent of an evaluation set: each look at it makes the next ones harder to please."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from predictions.models import Dataset
from predictions.models.append_only import AppendOnly
from scheduling.models.hold_out import HoldOut
from scheduling.models.run import Run
from scheduling.statistics.comparison.wear import WORN


class LookQuerySet(models.QuerySet["Look"]):
    """Questions about the looks at an evaluation set and those it shares its rows with."""

    def spent(self, evaluation: Dataset) -> int:
        """How many looks have been counted at the sets of this one's line: the last number."""
        first = HoldOut.objects.first_of(evaluation)
        return self.filter(first_set=first).aggregate(last=models.Max("number"))["last"] or 0

    def latest_of(self, evaluation: Dataset) -> Look | None:
        """The last look at the sets of this one's line, or None."""
        return self.filter(first_set=HoldOut.objects.first_of(evaluation)).order_by("-number").first()

    def latest_of_each(self, datasets: Iterable[Dataset]) -> dict[int, Look]:
        """Return the last look at the line of each of these sets, by the set's id: two queries."""
        datasets = list(datasets)
        hold_outs = HoldOut.objects.of_each(datasets)
        first = {
            dataset.pk: hold_outs[dataset.pk].first_id if dataset.pk in hold_outs else dataset.pk
            for dataset in datasets
        }
        newest = Look.objects.filter(first_set=OuterRef("first_set")).order_by("-number").values("pk")[:1]
        rows = self.filter(first_set__in=first.values(), pk=Subquery(newest))
        looks = {row.first_set_id: row for row in rows.select_related("evaluation_dataset__registered_model")}
        return {pk: looks[line] for pk, line in first.items() if line in looks}


class Look(AppendOnly):
    """One comparison on an evaluation set that could have flipped something, and the alpha it spent.

    It outlives the run: what a set has lost does not come back when old runs are pruned.
    """

    evaluation_dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="looks")
    first_set = models.ForeignKey(
        Dataset,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        help_text="The first of its line.",
    )
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
                fields=["first_set", "number"], name="a_look_at_a_line_of_sets_has_its_own_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="looks_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"look {self.number} at {self.evaluation_dataset}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; it is counted with the first set of the line."""
        self.first_set_id = HoldOut.objects.first_of(self.evaluation_dataset)
        super().save(*args, **kwargs)

    @property
    def is_worn(self) -> bool:
        """Whether the set should be replaced by fresh labels."""
        return self.margin_factor >= WORN

    @property
    def sentence(self) -> str:
        """For people: how worn the set is, and what to do."""
        said = f"{self.number} looks, margin × {self.margin_factor:.2f}"
        return f"{said}: worn, bring fresh labels" if self.is_worn else said
