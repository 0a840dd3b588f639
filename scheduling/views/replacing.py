"""What `PUT` does to a row of which a model has one: the new one takes the place of the old one."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework import serializers

from predictions import database
from predictions.models import RegisteredModel

Row = TypeVar("Row", bound=Any)


def put(row: Row, known: QuerySet[Row], *, by: Any) -> Row:
    """Save a new row in place of the one in `known`, if there is one, with who did it.

    Raises DRF's `ValidationError`.
    """
    with database.atomic():
        RegisteredModel.objects.select_for_update(no_key=True).get(pk=row.registered_model_id)
        row.pk = known.values_list("pk", flat=True).first()
        row._state.adding = row.pk is None
        try:
            row.full_clean()
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from None
        row._history_user = by
        row.save()
    return row


def refuse_other_kinds(attrs: dict[str, Any], taken: Mapping[str, set[str]]) -> dict[str, Any]:
    """Return the attributes. Raises DRF's `ValidationError` for those that only other kinds have."""
    if given := sorted(set().union(*taken.values()) & attrs.keys() - taken[attrs["kind"]]):
        message = f"Input should be absent, because the kind is {attrs['kind']}"
        raise serializers.ValidationError(dict.fromkeys(given, message))
    return attrs
