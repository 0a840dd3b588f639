"""One input of a signature as a value, and what is wrong with it in a request, in words that clients know."""

import math
import operator
import re
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Annotated, Any, Literal, Self

import msgspec

FLOAT32_MAX = 3.4028234663852886e38  # models compute in float32: beyond it is infinity
WHOLE_MAX = 2**53  # a double holds every whole number up to this one


class Kind(StrEnum):
    """The type of a feature's values."""

    FLOAT = "float"
    INT = "int"
    TEXT = "text"
    BOOL = "bool"

    @property
    def is_number(self) -> bool:
        """Whether values of this kind fit into a matrix of floats."""
        return self is not Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class FeatureSpec:
    """One input: its kind, and bounds or categories."""

    name: str
    kind: Kind
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    categories: tuple[str, ...] = ()
    required: bool = True
    example: Any = None
    description: str = ""

    @property
    def decoded_type(self) -> Any:
        """The type that the decoder checks, with its bounds. `check_field` accepts what it accepts."""
        if self.kind is Kind.BOOL:
            checked: Any = bool
        elif self.kind is Kind.TEXT:
            checked = Literal[self.categories] if self.categories else str
        elif self.kind is Kind.INT:
            checked = Annotated[int, msgspec.Meta(**self._whole_bounds())]  # type: ignore[call-overload]
        else:
            checked = Annotated[float, msgspec.Meta(**self._bounds())]  # type: ignore[call-overload]
        return checked if self.required else checked | None

    def _bounds(self) -> dict[str, float]:
        """The narrowest of the feature's and float32's bounds, as arguments of `msgspec.Meta`."""
        lower = [("ge", -FLOAT32_MAX), ("ge", self.minimum), ("gt", self.exclusive_minimum)]
        upper = [("le", FLOAT32_MAX), ("le", self.maximum), ("lt", self.exclusive_maximum)]
        lowest = max((value, kind) for kind, value in lower if value is not None)  # "gt" after "ge"
        highest = min((value, kind == "le") for kind, value in upper if value is not None)
        return {lowest[1]: lowest[0], "le" if highest[1] else "lt": highest[0]}

    def _whole_bounds(self) -> dict[str, int]:
        """The bounds as whole numbers that the decoder can hold; `check_field` checks larger values."""
        bounds = self._bounds()
        lowest = floor(bounds["gt"]) + 1 if "gt" in bounds else ceil(bounds["ge"])
        highest = ceil(bounds["lt"]) - 1 if "lt" in bounds else floor(bounds["le"])
        if lowest > WHOLE_MAX or highest < -WHOLE_MAX:
            return {"ge": 1, "le": 0}  # no value that the decoder could hold
        return {"ge": max(lowest, -WHOLE_MAX), "le": min(highest, WHOLE_MAX)}


TOLD = 20  # errors in the text of the exception; `errors` has all of them
NOUNS = {"float": "number", "int": "integer", "text": "string", "bool": "boolean"}
EXPECTED = {kind: f"Input should be a valid {noun}" for kind, noun in NOUNS.items()}
HALF_OF_A_PAIR = re.compile(r"[\ud800-\udfff]")  # of surrogates: JSON can contain it, no encoder accepts it
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
        if not isinstance(value, str) or HALF_OF_A_PAIR.search(value):
            return None, expected
        if feature.categories and value not in feature.categories:
            return None, f"Input should be one of: {', '.join(feature.categories)}"
        return value, ""
    if feature.kind == "bool":
        return (value, "") if isinstance(value, bool) else (None, expected)
    number = None if strict and isinstance(value, str) else _as_number(value)
    problem = expected if number is None else _problem_of(feature, number)
    return (None, problem) if problem else (number, "")


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
