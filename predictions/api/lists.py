"""Lists of the API: rows that the caller may see, newest first, with filters. A wrong filter answers 400."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from predictions.api.defaults import ApiViewSet
from predictions.api.openapi import extend_schema
from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.people.access import May

CURSOR = "cursor"  # the position in a list, which the links to its pages contain


class MeansNothing(Exception):
    """The filter has no such value."""


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """A column with few values. `wanted` returns the column's value, or raises `MeansNothing`."""

    column: str
    values: Sequence[str]

    @property
    def schema(self) -> dict[str, Any]:
        return {"schema": {"type": "string", "enum": list(self.values)}}

    def wanted(self, value: str, *, given: Mapping[str, str], user: Any) -> str:
        if value not in self.values:
            raise MeansNothing(f"Input should be one of: {', '.join(self.values)}")
        return value


@dataclass(frozen=True, kw_only=True)
class OfModel:
    """A registered model by its name. A model that the caller may not see does not exist for the caller."""

    column: str = "registered_model"
    schema = {"schema": {"type": "string"}, "description": "The registered model's name."}

    def wanted(self, value: str, *, given: Mapping[str, str], user: Any) -> RegisteredModel:
        known = "\0" not in value  # PostgreSQL raises an error for it
        model = RegisteredModel.objects.visible_to(user).filter(name=value).first() if known else None
        if model is None:
            raise MeansNothing(f"There is no model {value}")
        return model


@dataclass(frozen=True, kw_only=True)
class OfVersion:
    """A version by its label; the parameter `model` says of which model."""

    column: str = "model_version"
    schema = {"schema": {"type": "string"}, "description": "The version's label, as 1.0; it needs `model`."}

    def wanted(self, value: str, *, given: Mapping[str, str], user: Any) -> ModelVersion | None:
        if "model" not in given:
            raise MeansNothing("Add the filter model: versions of different models have the same labels")
        try:
            model = OfModel().wanted(given["model"], given=given, user=user)
        except MeansNothing:
            return None  # the filter `model` reports it
        version = ModelVersion.objects.of(model).labelled(value).first()
        if version is None:
            raise MeansNothing(f"The model {model} has no version {value}")
        return version


Filter = OneOf | OfModel | OfVersion


class StrictFilters(BaseFilterBackend):
    """For lists with `filters`, by name. Raises `InvalidInput` with every problem."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        if view.action != "list":
            return queryset
        given, problems = request.query_params, list(_wrong_names(request.query_params, view.filters))
        for name in (name for name in view.filters if name in given):
            try:
                wanted = view.filters[name].wanted(given[name], given=given, user=request.user)
            except MeansNothing as error:
                problems.append(FieldError(field=name, message=str(error)))
            else:
                queryset = queryset.filter(**{view.filters[name].column: wanted})
        if problems:
            raise InvalidInput(problems)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        filters = view.filters.items()
        return [{"name": name, "in": "query", "required": False, **each.schema} for name, each in filters]


def _wrong_names(given: Any, filters: Mapping[str, Filter]) -> Iterator[FieldError]:
    for name, values in given.lists():
        if name not in filters and name != CURSOR:
            known = ", ".join(filters) or "none"
            yield FieldError(field=name, message=f"Unknown filter. The filters of this list are: {known}")
        elif len(values) > 1:
            yield FieldError(field=name, message="Input should be given only once")


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering, page_size = "-pk", 50
    place: ClassVar[re.Pattern[str]] = re.compile(r"\d{1,18}")  # what a cursor may hold: an id

    def decode_cursor(self, request: Any) -> Any:
        """Return the position in the list, None for the start. A cursor that we never made is 404."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not self.place.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class NewestByUUID(NewestFirst):
    """For ids that are UUIDs of version 7, which sort by time."""

    place = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Visible(ApiViewSet):
    """The rows of the models that this caller may see, with all that a row shows in one query."""

    of_model: ClassVar[str] = "registered_model"
    related: ClassVar[tuple[str, ...]] = ("registered_model",)
    needs: ClassVar[str] = May.READ

    def get_queryset(self) -> QuerySet[Any]:
        hidden = RegisteredModel.objects.hidden_from(self.request.user, self.needs)
        rows = super().get_queryset().exclude(**{f"{self.of_model}__in": hidden})
        return rows.select_related(*self.related)


class Listed(Visible, ReadOnlyModelViewSet[Any]):
    """A list that accepts the filters it names, and no others; and its rows one by one."""

    pagination_class = NewestFirst
    filter_backends = [StrictFilters]
    filters: ClassVar[dict[str, Filter]] = {}


def documented(many: str, one: str, *, tag: str) -> Any:
    """Describe the two operations of a `Listed`: `list_<many>` and `get_<one>`."""
    return extend_schema_view(
        list=extend_schema(operation_id=f"list_{many}", tags=[tag]),
        retrieve=extend_schema(operation_id=f"get_{one}", tags=[tag], description=f"Show one {one}."),
    )
