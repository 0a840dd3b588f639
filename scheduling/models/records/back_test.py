"""What a run found that judged recorded runs again, by settings that somebody thinks of saving."""

from django.db import models
from django.db.models import PROTECT

from predictions.models.base import AppendOnly
from scheduling.models.run import Run


class BackTest(AppendOnly):
    """The result of one run, as `scheduling.simulation.recorded.tables.as_values` writes it."""

    run = models.OneToOneField(Run, PROTECT, related_name="back_test")
    result = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"back-test of {self.run}"
