"""What is live, read out of the ledger: the newest promotion of a registered model, and its version."""

from typing import TypeVar

from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from predictions.models.model_version import ModelVersion
from predictions.models.promotion import Promotion
from predictions.models.registered_model import RegisteredModel, RegisteredModelQuerySet
from predictions.models.signature import Signature

Versions = TypeVar("Versions", bound=QuerySet[ModelVersion])


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
    rows = Promotion.objects.filter(
        registered_model__in=registered_models.values("pk"),
        pk=Subquery(_newest("registered_model").values("pk")[:1]),
    ).select_related("version__signature__registered_model")
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
