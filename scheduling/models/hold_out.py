"""Which evaluation sets are one and the same to the counting of looks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from predictions.models import Dataset
from predictions.models.append_only import AppendOnly


class HoldOutQuerySet(models.QuerySet["HoldOut"]):
    """Questions about the sets of a line."""

    def first_of(self, evaluation: Dataset) -> int:
        """Return the id of the first set of this one's line: its own where it begins one."""
        found = self.filter(evaluation_dataset=evaluation).values_list("first_id", flat=True).first()
        return found or evaluation.pk

    def of_each(self, datasets: Iterable[Dataset]) -> dict[int, HoldOut]:
        """Return those of these sets by the set's id: one query."""
        rows = self.filter(evaluation_dataset__in=[dataset.pk for dataset in datasets])
        return {row.evaluation_dataset_id: row for row in rows}


class HoldOut(AppendOnly):
    """The rows of one evaluation set, whatever their order, and the first set of those it shares them with.

    Sets of one line share their looks. Written when the set is first judged on.
    """

    evaluation_dataset = models.OneToOneField(Dataset, on_delete=models.PROTECT, related_name="hold_out")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the sorted hashes of its rows.")
    first = models.ForeignKey(
        Dataset, on_delete=models.PROTECT, related_name="line", help_text="The set whose looks it continues."
    )
    shared = models.FloatField(
        null=True, help_text="The share of its rows that an older set of the line has, beyond chance."
    )

    objects = HoldOutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shared__isnull=True) | Q(shared__gt=0, shared__lte=1),
                name="rows_are_shared_by_a_part_of_the_set",
            )
        ]

    def __str__(self) -> str:
        return f"rows of {self.evaluation_dataset}"
