"""One input of a signature as a value, and what is wrong with it in a request, in words that clients know."""

import math
import operator
import re
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Annotated, Any, Literal, Self

import msgspec

from predictions.contract.moments import Moment, NoMoment, ZonedMoment

MOST = (
    3.4028234663852886e38  # the largest 32-bit number: trees of scikit-learn refuse more, as clients expect
)
WHOLE_MAX = 2**53  # a double holds every whole number up to this one


class Kind(StrEnum):
    """The type of a feature's values."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    TEXT = "text"
    CATEGORY = "category"  # a text of a closed list
    TIMESTAMP = "timestamp"  # ISO 8601 in a request, seconds since 1970 afterwards

    @property
    def is_text(self) -> bool:
        return self in (Kind.TEXT, Kind.CATEGORY)

    @property
    def is_number(self) -> bool:
        """Whether values of this kind fit into a matrix of floats."""
        return not self.is_text

    @property
    def is_json_text(self) -> bool:
        """Whether requests have its values as text."""
        return self.is_text or self is Kind.TIMESTAMP

    @property
    def has_bounds(self) -> bool:
        return self in (Kind.FLOAT, Kind.INT)


@dataclass(frozen=True, kw_only=True)
class FeatureSpec:
    """One input: its kind, and bounds or categories."""

    name: str
    kind: Kind
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    categories: tuple[str, ...] = ()  # of a category: all its values
    dtype: str = ""  # in which pandas gives a timestamp or category to the model; empty: as the kind says
    required: bool = True
    example: Any = None
    description: str = ""

    @property
    def decoded_type(self) -> Any:
        """The type that the decoder checks, with its bounds. `check_field` accepts what it accepts."""
        checked: Any = {Kind.BOOL: bool, Kind.TEXT: str, Kind.TIMESTAMP: self.moment}.get(self.kind)
        if self.kind is Kind.CATEGORY:
            checked = Literal[self.categories]
        elif self.kind.has_bounds:
            kind: Any = int if self.kind is Kind.INT else float
            bounds = self._whole_bounds() if self.kind is Kind.INT else self._bounds()
            checked = Annotated[kind, msgspec.Meta(**bounds)]
        return checked if self.required else checked | None

    @property
    def moment(self) -> type[Moment]:
        """How a timestamp is read: with a zone where the model was fitted with one."""
        return ZonedMoment if self.has_zone else Moment

    @property
    def has_zone(self) -> bool:
        """Whether its timestamps have a time zone."""
        return "," in self.dtype

    def _bounds(self) -> dict[str, float]:
        """The narrowest of the feature's bounds and of 32-bit numbers, as arguments of `msgspec.Meta`."""
        lower = [("ge", -MOST), ("ge", self.minimum), ("gt", self.exclusive_minimum)]
        upper = [("le", MOST), ("le", self.maximum), ("lt", self.exclusive_maximum)]
        lowest = max((value, kind) for kind, value in lower if value is not None)  # "gt" after "ge"
        highest = min((value, kind == "le") for kind, value in upper if value is not None)
        return {lowest[1]: lowest[0], "le" if highest[1] else "lt": highest[0]}

    def _whole_bounds(self) -> dict[str, int]:
        """The bounds as whole numbers that the decoder can hold, and a double too."""
        bounds = self._bounds()
        lowest = floor(bounds["gt"]) + 1 if "gt" in bounds else ceil(bounds["ge"])
        highest = ceil(bounds["lt"]) - 1 if "lt" in bounds else floor(bounds["le"])
        if lowest > WHOLE_MAX or highest < -WHOLE_MAX:
            return {"ge": 1, "le": 0}  # no value that the decoder could hold
        return {"ge": max(lowest, -WHOLE_MAX), "le": min(highest, WHOLE_MAX)}


TOLD = 20  # errors in the text of the exception; `errors` has all of them
NOUNS = {"float": "number", "int": "integer", "text": "string", "category": "string", "bool": "boolean"}
EXPECTED = {kind: f"Input should be a valid {noun}" for kind, noun in NOUNS.items()}
HALF_OF_A_PAIR = re.compile(r"[\ud800-\udfff]")  # of surrogates: JSON can contain it, no encoder accepts it
WHOLE = re.compile(r"[-+]?[0-9]{1,400}")
NOT_EXACT = "Input should be an integer between -2^53 and 2^53: beyond, doubles are not exact"
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
    if feature.kind is Kind.TIMESTAMP:
        return _moment(feature, value)
    expected = EXPECTED[feature.kind]
    if value is msgspec.UNSET or value is None:
        if not feature.required:
            return None, ""
        return None, "Field required" if value is msgspec.UNSET else expected
    if feature.kind.is_text:
        if not isinstance(value, str) or HALF_OF_A_PAIR.search(value):
            return None, expected
        if feature.kind is Kind.CATEGORY and value not in feature.categories:
            return None, f"Input should be one of: {', '.join(feature.categories)}"
        return value, ""
    if feature.kind == "bool":
        return (value, "") if isinstance(value, bool) else (None, expected)
    number = None if strict and isinstance(value, str) else _as_number(value)
    problem = expected if number is None else _problem_of(feature, number)
    if feature.kind is Kind.INT and not problem and not _is_exact(value):
        problem = NOT_EXACT
    return (None, problem) if problem else (number, "")


def _moment(feature: FeatureSpec, value: Any) -> tuple[Any, str]:
    if value is msgspec.UNSET and feature.required:
        return None, "Field required"
    if not feature.required and value in (msgspec.UNSET, None):
        return None, ""
    try:
        return feature.moment.read(value), ""
    except NoMoment as error:
        return None, str(error)
    except ValueError:
        return None, feature.moment.expected


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
    if abs(number) > MOST:
        return "Input should be a number that fits in 32-bit floating point"
    return ""


def _is_exact(value: Any) -> bool:
    """Whether a double holds this whole number; of a text, its digits are compared."""
    digits = value.strip() if isinstance(value, str) else ""
    whole = int(digits) if WHOLE.fullmatch(digits) else value
    return abs(float(value)) <= WHOLE_MAX and (not isinstance(whole, int) or abs(whole) <= WHOLE_MAX)
