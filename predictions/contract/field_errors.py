"""What is wrong with one field of a request, in the words that clients of the replaced system expect."""

import math
import operator
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from predictions.contract.feature import FLOAT32_MAX, FeatureSpec

TOLD = 20  # errors in the text of the exception; `errors` has all of them
NOUNS = {"float": "number", "int": "integer", "text": "string", "bool": "boolean"}
EXPECTED = {kind: f"Input should be a valid {noun}" for kind, noun in NOUNS.items()}
BOUNDS = (
    ("exclusive_minimum", operator.gt, "greater than"),
    ("minimum", operator.ge, "greater than or equal to"),
    ("exclusive_maximum", operator.lt, "less than"),
    ("maximum", operator.le, "less than or equal to"),
)


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One wrong field and the reason; `row` counts from 0 and is None in a request of one row."""

    field: str
    message: str
    row: int | None = None

    def __str__(self) -> str:
        place = self.field if self.row is None else f"rows[{self.row}].{self.field}"
        return f"{place}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        row = {} if self.row is None else {"row": self.row}
        return row | {"field": self.field, "message": self.message}


class InvalidInput(Exception):
    """A request that does not fit its signature; `errors` names every wrong field, up to a limit."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        more = "; …" if len(errors) > TOLD else ""
        super().__init__("; ".join(str(error) for error in errors[:TOLD]) + more)

    @classmethod
    def of_body(cls, message: str) -> Self:
        """Return the error for a body that is wrong as a whole."""
        return cls([FieldError(field="body", message=message)])


def check_field(feature: FeatureSpec, value: Any, *, strict: bool = False) -> tuple[Any, str]:
    """Return (the value as the model takes it, "") or (None, what is wrong with it).

    If strict, a string that contains a number is wrong. `msgspec.UNSET` stands for a missing field.
    """
    expected = EXPECTED[feature.kind]
    if value is msgspec.UNSET or value is None:
        if not feature.required:
            return None, ""
        return None, "Field required" if value is msgspec.UNSET else expected
    if feature.kind == "text":
        if not isinstance(value, str) or not _is_unicode(value):
            return None, expected
        if feature.categories and value not in feature.categories:
            return None, f"Input should be one of: {', '.join(feature.categories)}"
        return value, ""
    if feature.kind == "bool":
        return (value, "") if isinstance(value, bool) else (None, expected)
    number = None if strict and isinstance(value, str) else _as_number(value)
    problem = expected if number is None else _problem_of(feature, number)
    return (None, problem) if problem else (number, "")


def _is_unicode(text: str) -> bool:
    """JSON can contain half of a surrogate pair, which no encoder accepts."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_number(value: Any) -> float | None:
    """Return a JSON number, or the number in a string; None for anything else, such as a boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    # Python's own float() would also accept "1_0" and digits of other scripts.
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        return None
    try:
        return float(value)
    except ValueError:
        return None
    except OverflowError:
        return math.inf


def _problem_of(feature: FeatureSpec, number: float) -> str:
    if not math.isfinite(number):
        return "Input should be a finite number"
    if feature.kind == "int" and number != int(number):
        return "Input should be a valid integer, got a number with a fractional part"
    for name, holds, words in BOUNDS:
        bound = getattr(feature, name)
        if bound is not None and not holds(number, bound):
            return f"Input should be {words} {bound:.15g}"
    if abs(number) > FLOAT32_MAX:
        return "Input should be a number that fits in 32-bit floating point"
    return ""
