"""One input of a signature as a value: its kind, its bounds, and the type the decoder checks."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Annotated, Any, Literal

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
