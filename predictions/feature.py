"""One input of a signature as a value: its kind, its bounds, and the type the decoder checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

FLOAT32_MAX = 3.4028234663852886e38  # models compute in float32: beyond it is infinity


class Kind(StrEnum):
    """What a feature's values are."""

    FLOAT = "float"
    INT = "int"
    TEXT = "text"
    BOOL = "bool"

    @property
    def is_number(self) -> bool:
        """Whether values of this kind fit into one matrix of floats."""
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
        """The type that the decoder checks, with its bounds."""
        if self.kind is Kind.BOOL:
            checked: Any = bool
        elif self.kind is Kind.TEXT:
            checked = Literal[self.categories] if self.categories else str
        else:
            number = int if self.kind is Kind.INT else float
            checked = Annotated[number, msgspec.Meta(**self._bounds())]  # type: ignore[call-overload]
        return checked if self.required else checked | None

    def _bounds(self) -> dict[str, float]:
        number = int if self.kind is Kind.INT else float
        lower = {"ge": -FLOAT32_MAX if self.minimum is None else self.minimum}
        upper = {"le": FLOAT32_MAX if self.maximum is None else self.maximum}
        if self.exclusive_minimum is not None:
            lower = {"gt": self.exclusive_minimum}
        if self.exclusive_maximum is not None:
            upper = {"lt": self.exclusive_maximum}
        if number is int:  # msgspec compares integers within 64 bits
            lower = {k: max(v, -(2.0**63)) for k, v in lower.items()}
            upper = {k: min(v, 2.0**63 - 1025) for k, v in upper.items()}
        return {k: number(v) for k, v in (lower | upper).items()}
