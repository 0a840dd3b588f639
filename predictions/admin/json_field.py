"""JSON in a form of the admin: text that Python's reader cannot take is refused at its field."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

DEEPEST = 20  # levels: a page that shows the value nests calls of its own
LARGEST = 2**53


class JsonField(forms.JSONField):
    """As Django's, which takes any depth and any number of digits, and falls over them."""

    def to_python(self, value: Any) -> Any:
        """Read the text. Raises `ValidationError`."""
        try:
            read = super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError("Enter a valid JSON.", code="invalid") from None
        if _is_excessive(read):
            raise ValidationError(
                f"Use at most {DEEPEST} levels and numbers up to {LARGEST:,}.", code="excessive"
            )
        return read

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form shows again: the text as it came where it is refused."""
        if self.disabled or data is None:
            return super().bound_data(data, initial)
        try:
            read = json.loads(data, cls=self.decoder)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)
        return InvalidJSONInput(data) if _is_excessive(read) else read


def _is_excessive(value: Any, levels: int = DEEPEST) -> bool:
    if isinstance(value, int):
        return abs(value) > LARGEST
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_excessive(one, levels - 1) for one in inner)
