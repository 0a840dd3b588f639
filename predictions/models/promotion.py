"""The ledger: each row is one promotion, and the newest row of a model is what is live."""

from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from predictions.models.base import LONGEST_NAME, AppendOnly, DatabaseTime, rules
from predictions.models.model_version import ModelVersion
from predictions.models.registered_model import RegisteredModel, RegisteredModelQuerySet
from predictions.models.signature import Signature

Versions = TypeVar("Versions", bound=QuerySet[ModelVersion])


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
    by = models.CharField(max_length=LONGEST_NAME)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    at = DatabaseTime()

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
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.registered_model} #{self.sequence}: {self.get_kind_display()} {self.version.label}"


def live_promotion(model: RegisteredModel) -> Promotion | None:
    """Return the newest row of the model's ledger, with its version; None where nothing is live."""
    rows = Promotion.objects.filter(registered_model=model).select_related("version__signature")
    return rows.order_by("-sequence").first()


def live_version(model: RegisteredModel) -> ModelVersion | None:
    """Return the version that answers un-versioned requests; None where nothing is live."""
    promotion = live_promotion(model)
    return promotion.version if promotion else None


def live_promotions(registered_models: QuerySet[RegisteredModel]) -> dict[int, Promotion]:
    """Return the newest row of each model's ledger, with its version, by the model's id: one query."""
    # Asked of each model and not of each promotion: a ledger is long.
    newest = registered_models.order_by().annotate(newest=Subquery(_newest("pk").values("pk")[:1]))
    rows = Promotion.objects.filter(pk__in=newest.values("newest"))
    rows = rows.select_related("version__signature__registered_model")
    return {row.registered_model_id: row for row in rows}


def with_live(registered_models: RegisteredModelQuerySet) -> RegisteredModelQuerySet:
    """Annotate `output_name`, and `live_version_id` and `live_label`: None if nothing is live."""
    number, text = F("version__number"), models.CharField()
    label = Concat("version__signature__number", Value("."), number, output_field=text)
    signatures = Signature.objects.filter(registered_model=OuterRef("pk")).order_by("-number")
    columns = {
        "live_version_id": Subquery(_newest("pk").values("version")[:1]),
        "live_label": Subquery(_newest("pk").annotate(label=label).values("label")[:1]),
        "output_name": Coalesce(Subquery(signatures.values("output_name")[:1]), Value("prediction")),
    }
    return registered_models.annotate(**columns)


def with_is_live(versions: Versions) -> Versions:
    """Annotate `is_live`: whether the version answers un-versioned requests now."""
    live = Subquery(_newest("signature__registered_model").values("version")[:1])
    return versions.annotate(live_id=live).annotate(
        is_live=models.Case(models.When(live_id=F("pk"), then=True), default=False)
    )


def _newest(model: str) -> QuerySet[Promotion]:
    return Promotion.objects.filter(registered_model=OuterRef(model)).order_by("-sequence")
