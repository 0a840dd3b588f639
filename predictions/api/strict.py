"""Serializers that refuse unknown fields and values of another JSON type."""

from typing import Any

from rest_framework import serializers


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


class Text(serializers.CharField):
    """A JSON string, not a number."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Input should be a valid string")
        return str(super().to_internal_value(data))


class Truth(serializers.BooleanField):
    """A JSON boolean, neither 1 nor "true"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Input should be a valid boolean")
        return data


class Whole(serializers.IntegerField):
    """A whole JSON number, neither "1" nor 1.5 nor a boolean."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("Input should be a valid integer")
        return data
