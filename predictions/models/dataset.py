"""The labelled rows of a model: immutable files, each with its origin."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import PROTECT, OuterRef, Q, Subquery

from predictions.contract.numbers import counted
from predictions.models.base import AppendOnly, rules
from predictions.models.registered_model import RegisteredModel

UPLOADED = "uploaded"
PUBLIC_FACTS = ("name", "role", "kind", "missing", "distinct")  # of a column whose values are redacted


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Questions about many datasets."""

    def current(self, registered_model: RegisteredModel, role: str) -> Dataset | None:
        return self.filter(registered_model=registered_model, role=role).order_by("-pk").first()

    def uploaded(self, registered_model: RegisteredModel, role: str) -> Dataset | None:
        """The newest file that somebody sent; snapshots of sources are none."""
        return self.filter(source=UPLOADED).current(registered_model, role)

    def snapshots(self, registered_model: RegisteredModel, role: str) -> DatasetQuerySet:
        """What runs read from sources, the newest first."""
        rows = self.filter(registered_model=registered_model, role=role)
        return rows.exclude(source=UPLOADED).order_by("-pk")

    def current_of_each(self, role: str, **only: str) -> dict[int, Dataset]:
        """Return the newest dataset of each model in this role, by the model's id: one query."""
        # Asked of each model and not of each dataset: every run may register one.
        rows = Dataset.objects.filter(registered_model=OuterRef("pk"), role=role, **only)
        newest = RegisteredModel.objects.annotate(newest=Subquery(rows.order_by("-pk").values("pk")[:1]))
        rows = self.filter(pk__in=newest.order_by().values("newest"))
        return {row.registered_model_id: row for row in rows.select_related("registered_model")}


class Dataset(AppendOnly):
    """One immutable data file under MEDIA_ROOT, as it came; the newest of a role is used."""

    class Role(models.TextChoices):
        TRAINING = "training"
        EVALUATION = "evaluation"
        REFERENCE = "reference"

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        PARQUET = "parquet", "Parquet"

    registered_model = models.ForeignKey(RegisteredModel, PROTECT, related_name="datasets")
    role = models.CharField(max_length=10, choices=Role.choices)
    file = models.CharField(max_length=300, help_text="The path relative to MEDIA_ROOT.")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    source = models.CharField(
        max_length=10, default=UPLOADED, help_text="What it was read from; uploaded: it was sent as a file."
    )
    snapshot = models.JSONField(
        default=dict,
        blank=True,
        help_text="Of rows that a run read from a source: which run, window, query, columns and hold-out.",
    )
    format = models.CharField(max_length=7, choices=Format.choices, default=Format.CSV)
    columns = models.JSONField(
        default=list,
        blank=True,
        help_text="Each column: kind, gaps, range or most frequent values, histogram.",
    )
    notes = models.JSONField(default=list, blank=True, help_text="What was noticed when the file was read.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = rules(
            dataset_is_registered_once=["registered_model", "role", "sha256"], dataset_has_rows=Q(rows__gte=1)
        )

    def __str__(self) -> str:
        return f"{self.registered_model} {self.role} ({counted(self.rows, 'row')})"

    def columns_shown(self) -> list[dict[str, Any]]:
        """Return the columns without the values of those that are redacted today."""
        redacted = set(self.registered_model.redacted_features)
        return [
            {key: column[key] for key in PUBLIC_FACTS if key in column}
            if column["name"] in redacted
            else column
            for column in self.columns
        ]
