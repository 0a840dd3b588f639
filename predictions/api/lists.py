"""Lists of the API: newest first, one page at a time, with filters. A wrong filter answers 400."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from rest_framework.exceptions import NotFound
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel

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
    """For views with `filters`, by name. Raises `InvalidInput` with every problem."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
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


class Filtered:
    """A list that accepts the filters it names, and no others."""

    filter_backends: ClassVar[Any] = [StrictFilters]
    filters: ClassVar[dict[str, Filter]] = {}


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering = "-pk"
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


class UpToTenThousand(Paginator):
    """For lists of the admin that grow for ever: it counts up to a bound, and filters find older rows."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by().values("pk")[: self.most].count()
