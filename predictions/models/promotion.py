"""The ledger: each row is one promotion, and the newest row of a model is what is live."""

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, Q
from django.db.models.functions import Now

from predictions.models.agreements import rules
from predictions.models.append_only import AppendOnly
from predictions.models.model_version import ModelVersion
from predictions.models.registered_model import RegisteredModel


class Promotion(AppendOnly):
    """This version replaced that one: by whom, when and why. Written by `registry.promotion` only.

    Pointer and history are the same row: live is the highest `sequence`, and (registered_model, sequence) is
    unique, so only one of two promotions at the same time can succeed.
    """

    class Kind(models.TextChoices):
        PROMOTE = "promote", "promote"
        ROLL_BACK = "roll_back", "roll back"

    registered_model = models.ForeignKey(RegisteredModel, PROTECT, related_name="promotions")
    sequence = models.PositiveIntegerField()
    version = models.ForeignKey(ModelVersion, PROTECT, related_name="promotions")
    replaced_version = models.ForeignKey(
        ModelVersion, PROTECT, null=True, blank=True, related_name="replacements"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    restores = models.PositiveIntegerField(
        null=True, blank=True, help_text="Rollback: the sequence whose version is live again."
    )
    by = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        get_latest_by = "sequence"
        constraints = rules(
            one_promotion_per_sequence=["registered_model", "sequence"],
            sequence_starts_at_one=Q(sequence__gte=1),
            only_the_first_replaces_nothing=Q(sequence=1, replaced_version__isnull=True)
            | Q(sequence__gt=1, replaced_version__isnull=False),
            a_version_does_not_replace_itself=Q(replaced_version__isnull=True)
            | ~Q(version=F("replaced_version")),
            only_a_roll_back_restores=Q(kind="promote", restores__isnull=True)
            | Q(kind="roll_back", restores__isnull=False, restores__lt=F("sequence") - 1),
            a_promotion_says_who_and_why=~Q(by="") & ~Q(reason=""),
        )
        permissions = [
            ("promote_version", "Can make a version live"),
            ("roll_back_version", "Can roll back to the version before"),
        ]

    def __str__(self) -> str:
        return f"{self.registered_model} #{self.sequence}: {self.kind} {self.version.label}"
