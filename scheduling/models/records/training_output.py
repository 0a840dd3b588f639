"""What a run's training code printed and measured, while it worked and after."""

from django.db import models
from django.db.models import PROTECT

from scheduling.models.run import Run


class TrainingOutput(models.Model):
    """The end of what was printed, and the metrics that were logged. It may quote rows."""

    run = models.OneToOneField(Run, PROTECT, related_name="training_output")
    text = models.TextField(blank=True)
    printed = models.PositiveBigIntegerField(default=0, help_text="How many bytes were printed in all.")
    metrics = models.JSONField(default=list, help_text="What was logged, in order: names with numbers.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"output of {self.run}"

    @property
    def is_cut(self) -> bool:
        """Whether only the end of it was kept."""
        return self.printed > len(self.text.encode())
