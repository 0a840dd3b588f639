"""What one run found: the outcome of each check, and the file with its exhibits."""

from django.db import models
from django.db.models import PROTECT, Q

from predictions.models.base import AppendOnly, rules
from scheduling.evidence.outcomes import Level
from scheduling.models.run import Run


class CheckResult(AppendOnly):
    """One check's outcome in one run: what was measured, and the limits that were in force."""

    run = models.ForeignKey(Run, PROTECT, related_name="results")
    check_id = models.CharField("check", max_length=40)
    level = models.CharField(max_length=15, choices=[(v.value, v.label) for v in Level])
    blocking = models.BooleanField(default=True)
    measured = models.JSONField(default=dict)
    limit = models.JSONField(default=dict)
    message = models.TextField()
    statistics = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    seconds = models.FloatField()

    class Meta:
        ordering = ["pk"]
        constraints = rules(one_result_per_run_and_check=["run", "check_id"])

    def __str__(self) -> str:
        return f"{self.check_id}: {self.level}"


class EvidenceFile(AppendOnly):
    """The exhibits of one run: a file with its hash. `problem` says why there is none."""

    run = models.OneToOneField(Run, PROTECT, related_name="evidence_file")
    file = models.CharField(max_length=300, blank=True, help_text="The path relative to MEDIA_ROOT.")
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = rules(
            evidence_is_a_file_or_a_problem=Q(file="", sha256="") & ~Q(problem="")
            | ~Q(file="") & ~Q(sha256="") & Q(problem="")
        )

    def __str__(self) -> str:
        return f"evidence of {self.run}"
