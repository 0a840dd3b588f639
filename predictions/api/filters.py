"""What narrows a list: query parameters that its view names. Others, and values that mean nothing: 400."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel

CURSOR = "cursor"  # the place in a list, which its pages name


class MeansNothing(Exception):
    """There is no such value of this filter."""


class Filter(Protocol):
    """One query parameter."""

    @property
    def schema(self) -> dict[str, Any]:
        """What it takes, in OpenAPI."""

    def narrow(
        self, rows: QuerySet[Any], value: str, *, asked: Mapping[str, str], user: Any
    ) -> QuerySet[Any]:
        """Return the rows that are meant. Raises `MeansNothing`."""


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """A column with few values."""

    column: str
    values: Sequence[str]

    @property
    def schema(self) -> dict[str, Any]:
        """All of them."""
        return {"schema": {"type": "string", "enum": list(self.values)}}

    def narrow(
        self, rows: QuerySet[Any], value: str, *, asked: Mapping[str, str], user: Any
    ) -> QuerySet[Any]:
        """Those with this value."""
        if value not in self.values:
            raise MeansNothing(f"One of: {', '.join(self.values)}")
        return rows.filter(**{self.column: value})


@dataclass(frozen=True, kw_only=True)
class OfModel:
    """A registered model by its name; one that the caller may not see is not there."""

    column: str = "registered_model"
    schema: ClassVar[dict[str, Any]] = {
        "schema": {"type": "string"}, "description": "The registered model's name.",
    }  # fmt: skip

    def narrow(
        self, rows: QuerySet[Any], value: str, *, asked: Mapping[str, str], user: Any
    ) -> QuerySet[Any]:
        """Those of the model."""
        model = _model_called(value, user)
        if model is None:
            raise MeansNothing(f"There is no model {value}")
        return rows.filter(**{self.column: model})


@dataclass(frozen=True, kw_only=True)
class OfVersion:
    """A version by its label; `model` says of which model."""

    column: str = "model_version"
    schema: ClassVar[dict[str, Any]] = {
        "schema": {"type": "string"}, "description": "A label of that model, such as 1.0.",
    }  # fmt: skip

    def narrow(
        self, rows: QuerySet[Any], value: str, *, asked: Mapping[str, str], user: Any
    ) -> QuerySet[Any]:
        """Those of the version."""
        if "model" not in asked:
            raise MeansNothing("Name the model too: each has a version with this label")
        model = _model_called(asked["model"], user)
        if model is None:
            return rows  # the other filter tells of it
        version = ModelVersion.objects.of(model).labelled(value).first()
        if version is None:
            raise MeansNothing(f"{model} has no version {value}")
        return rows.filter(**{self.column: version})


def _model_called(name: str, user: Any) -> RegisteredModel | None:
    known = "\0" not in name  # PostgreSQL does not even compare with it
    return RegisteredModel.objects.visible_to(user).filter(name=name).first() if known else None


class StrictFilters(BaseFilterBackend):
    """For views with `filters`, by name. Raises `InvalidInput` with all that is wrong."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """Return the rows that the query asks for."""
        asked, problems = request.query_params, list(_wrong_names(request.query_params, view.filters))
        for name in (name for name in view.filters if name in asked):
            try:
                queryset = view.filters[name].narrow(queryset, asked[name], asked=asked, user=request.user)
            except MeansNothing as error:
                problems.append(FieldError(field=name, message=str(error)))
        if problems:
            raise InvalidInput(problems)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For OpenAPI."""
        return [
            {"name": name, "in": "query", "required": False, **each.schema}
            for name, each in view.filters.items()
        ]


def _wrong_names(asked: QueryDict, filters: Mapping[str, Filter]) -> Iterator[FieldError]:
    for name, values in asked.lists():
        if name not in filters and name != CURSOR:
            known = ", ".join(filters) or "none"
            yield FieldError(field=name, message=f"Unknown filter. This list knows: {known}")
        elif len(values) > 1:
            yield FieldError(field=name, message="Given more than once")


class Filtered:
    """A list that takes the filters it names, and no others."""

    filter_backends: ClassVar[Any] = [StrictFilters]
    filters: ClassVar[dict[str, Filter]] = {}
