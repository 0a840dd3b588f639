"""What has been used up of an evaluation set: each look at it makes the next candidates harder to accept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import PROTECT, SET_NULL, OuterRef, Q, Subquery

from predictions.models import Dataset
from predictions.models.base import AppendOnly, rules
from scheduling.models.run import Run
from scheduling.statistics.comparison.verdict import WORN


class HoldOutQuerySet(models.QuerySet["HoldOut"]):
    """Questions about the sets of a line."""

    def first_of(self, evaluation: Dataset) -> int:
        """Return the id of the first set of this one's line: its own where it begins one."""
        found = self.filter(evaluation_dataset=evaluation).values_list("first_id", flat=True).first()
        return found or evaluation.pk

    def of_each(self, datasets: Iterable[Dataset]) -> dict[int, HoldOut]:
        rows = self.filter(evaluation_dataset__in=[dataset.pk for dataset in datasets])
        return {row.evaluation_dataset_id: row for row in rows}


class HoldOut(AppendOnly):
    """The rows of one evaluation set, and the first of the sets that share rows, and so their looks."""

    evaluation_dataset = models.OneToOneField(Dataset, PROTECT, related_name="hold_out")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the sorted hashes of its rows.")
    first = models.ForeignKey(
        Dataset, PROTECT, related_name="line", help_text="The set that it shares rows and uses with."
    )
    shared = models.FloatField(null=True, help_text="The share of rows that an older set has, beyond chance.")

    objects = HoldOutQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = rules(
            rows_are_shared_by_a_part_of_the_set=Q(shared__isnull=True) | Q(shared__gt=0, shared__lte=1)
        )

    def __str__(self) -> str:
        return f"rows of {self.evaluation_dataset}"


class LookQuerySet(models.QuerySet["Look"]):
    """Questions about the looks at an evaluation set and those it shares its rows with."""

    def spent(self, evaluation: Dataset) -> int:
        first = HoldOut.objects.first_of(evaluation)
        return self.filter(first_set=first).aggregate(last=models.Max("number"))["last"] or 0

    def latest_of_each(self, datasets: Iterable[Dataset]) -> dict[int, Look]:
        """Return the last look at the line of each of these sets, by the set's id: two queries."""
        datasets = list(datasets)
        hold_outs = HoldOut.objects.of_each(datasets)
        first = {d.pk: hold_outs[d.pk].first_id if d.pk in hold_outs else d.pk for d in datasets}
        newest = Look.objects.filter(first_set=OuterRef("first_set")).order_by("-number").values("pk")[:1]
        rows = self.filter(first_set__in=first.values(), pk=Subquery(newest))
        looks = {row.first_set_id: row for row in rows.select_related("evaluation_dataset__registered_model")}
        return {pk: looks[line] for pk, line in first.items() if line in looks}


class Look(AppendOnly):
    """One comparison that could have promoted, and the alpha it spent. It outlives the run."""

    evaluation_dataset = models.ForeignKey(Dataset, PROTECT, related_name="looks")
    # Of those that share rows with it.
    first_set = models.ForeignKey(Dataset, PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(help_text="Which use of the evaluation set this is, from 1.")
    run = models.OneToOneField(Run, SET_NULL, null=True, blank=True, related_name="look")
    candidate = models.CharField(max_length=30)
    champion = models.CharField("live version then", max_length=30)
    metric = models.CharField(max_length=20)
    alpha = models.FloatField("significance level", help_text="Of this comparison alone, one-sided.")
    margin_factor = models.FloatField(help_text="How many times wider the interval is than in the first use.")
    at = models.DateTimeField(auto_now_add=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["evaluation_dataset", "number"]
        constraints = rules(
            a_look_at_a_line_of_sets_has_its_own_number=["first_set", "number"],
            looks_are_numbered_from_one=Q(number__gte=1),
        )

    def __str__(self) -> str:
        return f"use {self.number} of {self.evaluation_dataset}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.first_set_id = HoldOut.objects.first_of(self.evaluation_dataset)
        super().save(*args, **kwargs)

    @property
    def is_worn(self) -> bool:
        return self.margin_factor >= WORN

    @property
    def sentence(self) -> str:
        times = "once" if self.number == 1 else f"{self.number} times"
        advice = ", which is too often; add newly labelled rows" if self.is_worn else ""
        if self.margin_factor < 1.005:
            return f"used {times}{advice}"
        wider = f"{self.margin_factor:.2f} times as wide as at its first use"
        return f"used {times}{advice} (so what a comparison can tell is less sure: its intervals are {wider})"
