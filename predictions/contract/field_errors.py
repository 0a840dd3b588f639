"""What is wrong with one field of a request, in the words that clients of the replaced system know."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import msgspec

from predictions.contract.feature import FLOAT32_MAX, FeatureSpec

TOLD = 20  # errors in the sentence for people; all that were found are in the list


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One bad field and why, as one sentence; `row` counts from 0 where there are many."""

    field: str
    message: str
    row: int | None = None

    def __str__(self) -> str:
        place = self.field if self.row is None else f"rows[{self.row}].{self.field}"
        return f"{place}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        """The wire format."""
        row = {} if self.row is None else {"row": self.row}
        return row | {"field": self.field, "message": self.message}


class InvalidInput(Exception):
    """A request that its signature refuses; `errors` names every bad field, up to a limit."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        more = "; …" if len(errors) > TOLD else ""
        super().__init__("; ".join(str(error) for error in errors[:TOLD]) + more)

    @classmethod
    def of_body(cls, message: str) -> InvalidInput:
        """The body as a whole is wrong."""
        return cls([FieldError(field="body", message=message)])


def check_field(feature: FeatureSpec, value: Any, *, strict: bool = False) -> tuple[Any, str]:
    """Return (the value as the model takes it, "") or (None, what is wrong with it).

    Where it is strict, a string that holds a number is none.
    """
    if value is msgspec.UNSET or value is None:
        if not feature.required:
            return None, ""
        return None, "Field required" if value is msgspec.UNSET else _expected(feature)
    if feature.kind == "text":
        return _check_text(feature, value)
    if feature.kind == "bool":
        return (value, "") if isinstance(value, bool) else (None, _expected(feature))
    if strict and isinstance(value, str):
        return None, _expected(feature)
    return _check_number(feature, value)


def _check_text(feature: FeatureSpec, value: Any) -> tuple[Any, str]:
    if not isinstance(value, str) or not _is_unicode(value):
        return None, _expected(feature)
    if feature.categories and value not in feature.categories:
        return None, f"Input should be one of: {', '.join(feature.categories)}"
    return value, ""


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair decodes from JSON, and then no encoder takes it."""
    try:
        return bool(text.encode()) or not text
    except UnicodeEncodeError:
        return False


def _check_number(feature: FeatureSpec, value: Any) -> tuple[Any, str]:
    number = _as_number(value)
    if number is None:
        return None, _expected(feature)
    if not math.isfinite(number):
        return None, "Input should be a finite number"
    if feature.kind == "int" and number != int(number):
        return None, "Input should be a valid integer, got a number with a fractional part"
    return (None, problem) if (problem := _out_of_bounds(feature, number)) else (number, "")


def _as_number(value: Any) -> float | None:
    """A JSON number, or a string that holds one; a boolean is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        # Python's own float() would also take "1_0" and digits of other scripts.
        if isinstance(value, str) and ("_" in value or not value.isascii()):
            return None
        return float(value)
    except ValueError:
        return None
    except OverflowError:
        return math.inf


def _out_of_bounds(feature: FeatureSpec, number: float) -> str:
    if feature.exclusive_minimum is not None and number <= feature.exclusive_minimum:
        return f"Input should be greater than {_shown(feature.exclusive_minimum)}"
    if feature.minimum is not None and number < feature.minimum:
        return f"Input should be greater than or equal to {_shown(feature.minimum)}"
    if feature.exclusive_maximum is not None and number >= feature.exclusive_maximum:
        return f"Input should be less than {_shown(feature.exclusive_maximum)}"
    if feature.maximum is not None and number > feature.maximum:
        return f"Input should be less than or equal to {_shown(feature.maximum)}"
    if abs(number) > FLOAT32_MAX:
        return "Input should be a number that fits in 32-bit floating point"
    return ""


def _shown(bound: float) -> str:
    """The bound with all its digits, and no needless ones."""
    return f"{bound:.15g}"


def _expected(feature: FeatureSpec) -> str:
    noun = {"float": "number", "int": "integer", "text": "string", "bool": "boolean"}[feature.kind]
    return f"Input should be a valid {noun}"
