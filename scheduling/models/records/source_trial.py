"""What a run of the task `try_source` found: some rows of a source, which were stored nowhere else."""

from typing import Any

from django.db import models
from django.db.models import PROTECT

from predictions.models.base import AppendOnly
from scheduling.models.run import Run


class SourceTrial(AppendOnly):
    """The columns and first rows that a source gave; values of redacted features are not among them."""

    run = models.OneToOneField(Run, PROTECT, related_name="source_trial")
    role = models.CharField(max_length=10)
    result = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    @property
    def cells(self) -> list[list[Any]]:
        """The shown values of each row, in the order of the columns."""
        names = [column["name"] for column in self.result["columns"]]
        return [[_shown(row, name) for name in names] for row in self.result["rows"]]

    def __str__(self) -> str:
        return f"rows of {self.run}"


def _shown(row: dict[str, Any], name: str) -> Any:
    if name not in row:
        return "(redacted)"
    return "–" if row[name] is None else row[name]
