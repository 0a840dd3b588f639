"""Serializers and fields that take one JSON type each, and write times in one form."""

from datetime import UTC, tzinfo
from typing import Any, ClassVar, TypeVar

from django.db import models
from rest_framework import ISO_8601, serializers

Row = TypeVar("Row", bound=models.Model)


class Moment(serializers.DateTimeField):
    """A time in ISO 8601 and UTC, whatever the project's settings say."""

    format, input_formats = ISO_8601, (ISO_8601,)

    def default_timezone(self) -> tzinfo:
        return UTC


class RowSerializer(serializers.ModelSerializer[Row]):
    """The columns of a row."""

    serializer_field_mapping: ClassVar[Any] = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: Moment
    }


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are errors, each named."""

    def to_internal_value(self, data: Any) -> Any:
        data = dict(data.items())  # DRF would read an empty form as one with no box ticked
        problems: dict[str, Any] = {name: "Unknown field" for name in data if name not in self.fields}
        try:
            accepted = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems = dict(error.detail) | problems  # type: ignore[arg-type]
        if problems:
            raise serializers.ValidationError(problems)
        return accepted


class _OfType:
    """A field that takes one JSON type and converts no other."""

    json_type: type
    noun: str

    def to_internal_value(self, data: Any) -> Any:
        if type(data) is not self.json_type:
            raise serializers.ValidationError(f"Input should be a valid {self.noun}")
        return super().to_internal_value(data)  # type: ignore[misc]


class Text(_OfType, serializers.CharField):
    """A JSON string, not a number."""

    json_type, noun = str, "string"


class Truth(_OfType, serializers.BooleanField):
    """A JSON boolean, neither 1 nor "true"."""

    json_type, noun = bool, "boolean"


class Whole(_OfType, serializers.IntegerField):
    """A whole JSON number, neither "1" nor 1.5 nor a boolean."""

    json_type, noun = int, "integer"
