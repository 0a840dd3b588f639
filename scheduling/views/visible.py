"""The base of views on rows that belong to a registered model."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import generics

from predictions.models import RegisteredModel


class Visible(generics.GenericAPIView[Any]):
    """The rows of the models that this caller may see, with all that a row shows in one query."""

    of_model: ClassVar[str] = "registered_model"
    related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self) -> QuerySet[Any]:
        hidden = RegisteredModel.objects.hidden_from(self.request.user)
        rows = super().get_queryset().exclude(**{f"{self.of_model}__in": hidden})
        return rows.select_related(*self.related)
