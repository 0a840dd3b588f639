"""Serializers that take nothing they were not asked for."""

from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are errors, each named."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the fields, and that there are no others; all that is wrong is named."""
        data = dict(data.items())  # an empty form would be taken for one with no box ticked
        problems: dict[str, Any] = {name: "Unknown field" for name in data if name not in self.fields}
        try:
            accepted = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems = dict(error.detail) | problems  # type: ignore[arg-type]
        if problems:
            raise serializers.ValidationError(problems)
        return accepted


class Text(serializers.CharField):
    """A JSON string: a number is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is."""
        if not isinstance(data, str):
            raise serializers.ValidationError("Input should be a valid string")
        return str(super().to_internal_value(data))


class Truth(serializers.BooleanField):
    """A JSON truth value: neither 1 nor "true" is taken for one."""

    def to_internal_value(self, data: Any) -> bool:
        """Return it as it is."""
        if not isinstance(data, bool):
            raise serializers.ValidationError("Input should be a valid boolean")
        return data


class Whole(serializers.IntegerField):
    """A whole JSON number: neither "1" nor 1.5 nor a truth value is taken for one."""

    def to_internal_value(self, data: Any) -> int:
        """Return it as it is."""
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("Input should be a valid integer")
        return data
