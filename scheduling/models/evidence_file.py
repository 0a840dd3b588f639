"""Where the exhibits of a run are: a file that is written once, with its hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from predictions.models.append_only import AppendOnly
from scheduling.models.run import Run


class EvidenceFile(AppendOnly):
    """The exhibits of one run. Without a file `problem` says why there is none."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="evidence_file")
    file = models.CharField(max_length=300, blank=True, help_text="Relative to MEDIA_ROOT.")
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", sha256="") & ~Q(problem="")
                | ~Q(file="") & ~Q(sha256="") & Q(problem=""),
                name="evidence_is_a_file_or_a_problem",
            )
        ]

    def __str__(self) -> str:
        return f"evidence of {self.run}"
