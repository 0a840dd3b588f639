"""Labelled rows of a registered model: what it is trained on, and what it is judged on."""

from django.db import models
from django.db.models import PROTECT, OuterRef, Q, Subquery

from predictions.models.base import AppendOnly, rules
from predictions.models.registered_model import RegisteredModel


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Questions about many datasets."""

    def current(self, registered_model: RegisteredModel, role: str) -> "Dataset | None":
        return self.filter(registered_model=registered_model, role=role).order_by("-pk").first()

    def current_of_each(self, role: str) -> "dict[int, Dataset]":
        """Return the newest dataset of each model in this role, by the model's id: one query."""
        newest = Dataset.objects.filter(registered_model=OuterRef("registered_model"), role=role)
        rows = self.filter(pk=Subquery(newest.order_by("-pk").values("pk")[:1]))
        return {row.registered_model_id: row for row in rows.select_related("registered_model")}


class Dataset(AppendOnly):
    """One immutable CSV file under MEDIA_ROOT; the newest of a role is used."""

    class Role(models.TextChoices):
        TRAINING = "training"
        EVALUATION = "evaluation"
        REFERENCE = "reference"

    registered_model = models.ForeignKey(RegisteredModel, PROTECT, related_name="datasets")
    role = models.CharField(max_length=10, choices=Role.choices)
    file = models.CharField(max_length=300, help_text="The path relative to MEDIA_ROOT.")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = rules(
            dataset_is_registered_once=["registered_model", "role", "sha256"], dataset_has_rows=Q(rows__gte=1)
        )

    def __str__(self) -> str:
        return f"{self.registered_model} {self.role} ({self.rows} rows)"
