"""Serializers that take nothing they were not asked for."""

from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are errors, each named."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the fields, and that there are no others; all that is wrong is named."""
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
