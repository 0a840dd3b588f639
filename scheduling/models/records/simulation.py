"""What a run of the task `simulate` found: which gate policy the model's past speaks for."""

from django.db import models
from django.db.models import PROTECT

from predictions.models.base import AppendOnly
from scheduling.models.run import Run


class Simulation(AppendOnly):
    """The report of one run, as `scheduling.simulation.report.schema` writes and reads it."""

    run = models.OneToOneField(Run, PROTECT, related_name="simulation")
    report = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"simulation of {self.run}"
