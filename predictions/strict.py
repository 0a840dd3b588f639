"""Serializers that take nothing they were not asked for."""

from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are errors, each named."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the fields, then that there are no others."""
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "Unknown field"))
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON string: a number is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is."""
        if not isinstance(data, str):
            raise serializers.ValidationError("Input should be a valid string")
        return str(super().to_internal_value(data))
