"""`/api/`: models, versions and the ledger of promotions, to which a caller with a token may add."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import model_for
from predictions.api.api_errors import UnknownName
from predictions.api.lists import Listed, OfModel, OneOf, documented
from predictions.api.openapi import extend_schema
from predictions.api.serializers import (
    ModelVersionSerializer,
    PromotionRequestSerializer,
    PromotionSerializer,
    RegisteredModelSerializer,
)
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.models.model_version import ModelVersionQuerySet
from predictions.models.people.access import May
from predictions.models.promotion import live_promotion, with_is_live, with_live
from predictions.registry.promotion import Approval, LiveVersionChanged, promote_by_hand, roll_back

NEEDED = {Promotion.Kind.PROMOTE: May.PROMOTE, Promotion.Kind.ROLL_BACK: May.ROLL_BACK}


@documented("models", "model", tag="registry")
class Models(Listed):
    """The registered models, each with its live version."""

    serializer_class = RegisteredModelSerializer
    queryset = RegisteredModel.objects.all()
    lookup_field = "name"

    def get_queryset(self) -> QuerySet[RegisteredModel]:
        return with_live(RegisteredModel.objects.visible_to(self.request.user))


@documented("versions", "version", tag="registry")
class Versions(Listed):
    """The versions of one model, newest first."""

    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.all()

    def get_queryset(self) -> ModelVersionQuerySet:
        visible = RegisteredModel.objects.visible_to(self.request.user)
        model = get_object_or_404(visible, name=self.kwargs["name"])
        versions = with_is_live(ModelVersion.objects.of(model))
        return versions.select_related("signature__registered_model")

    def get_object(self) -> ModelVersion:
        return get_object_or_404(self.get_queryset().labelled(self.kwargs["label"]))


@documented("promotions", "promotion", tag="registry")
class Promotions(Listed):
    """The promotions and roll backs, newest first."""

    serializer_class = PromotionSerializer
    queryset = Promotion.objects.all()
    related: ClassVar[Any] = ("registered_model", "version__signature", "replaced_version__signature")
    filters: ClassVar[Any] = {
        "model": OfModel(), "kind": OneOf(column="kind", values=Promotion.Kind.values)
    }  # fmt: skip

    @extend_schema(
        operation_id="create_promotion", tags=["registry"], request=PromotionRequestSerializer,
        responses={
            201: PromotionSerializer,
            404: OpenApiResponse(description="The model or the version does not exist: `errors` says which."),
            409: OpenApiResponse(description="`replaces` is not live, `version` is, or it awaits approval."),
        },
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Promote a version, or roll back. `replaces` names the version that is live now."""
        asked = PromotionRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        promotion = flip(request.user, **asked.validated_data)
        return Response(PromotionSerializer(promotion).data, status=status.HTTP_201_CREATED)


def flip(
    user: Any, *, model: str, kind: str, replaces: str | None, reason: str, version: str = ""
) -> Promotion:
    """Do what a `PromotionRequestSerializer` accepted.

    Raises `UnknownName`, `PermissionDenied` or `LiveVersionChanged`.
    """
    registered_model = model_for(user, model, NEEDED[Promotion.Kind(kind)])
    live = live_promotion(registered_model)
    label = live.version.label if live else None
    if label != replaces:
        message = f"The field replaces is {replaces or 'null'}, but the live version is {label or 'null'}."
        raise LiveVersionChanged(f"{message} Check that version, then try again.")
    if kind == Promotion.Kind.ROLL_BACK:
        approval = Approval.by_person(user, reason=reason)
        return roll_back(registered_model=registered_model, replacing=live, approval=approval)
    wanted = ModelVersion.objects.of(registered_model).labelled(version).first()
    if wanted is None:
        raise UnknownName("version", f"The model {model} has no version {version}.")
    return promote_by_hand(version=wanted, replacing=live, user=user, reason=reason)
