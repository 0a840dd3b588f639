"""The shape of a check: fields are the limits, `run()` answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from scheduling.evidence.outcomes import Outcome

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence

LARGEST = 2**53


class UnknownLimit(Exception):
    """A limit that the check does not have, or a value of another type."""


class RestsOn(StrEnum):
    """What an answer rests on, beside versions, datasets and rules: whether it can be computed again."""

    FILES = "files"  # nothing else: always
    REHEARSAL = "rehearsal"  # what was measured then; judged again where that was kept
    LOG = "log"  # rows of the prediction log, while they are there
    MOMENT = "moment"  # how the world was then: never


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question about a candidate. Subclasses are frozen dataclasses: their fields, the limits."""

    id: ClassVar[str]
    rests_on: ClassVar[RestsOn] = RestsOn.FILES

    def run(self, evidence: Evidence) -> Outcome:
        """Answer from the evidence; what is raised becomes an outcome of level `error`."""
        raise NotImplementedError

    @property
    def limits(self) -> dict[str, Any]:
        """The limits in force, by name."""
        return asdict(self)

    def with_limits(self, limits: Mapping[str, Any]) -> Check:
        """Return the same check with other limits. Raises `UnknownLimit`."""
        if not isinstance(limits, Mapping):
            raise UnknownLimit('Limits are an object, such as {"max_p95_ms": 80}.')
        known = {field.name for field in fields(self)}
        for name in limits:
            if name not in known:
                raise UnknownLimit(f"{self.id} has no limit {name}; it has: {', '.join(sorted(known))}")
            if isinstance(limits[name], float) and not math.isfinite(limits[name]):
                raise UnknownLimit(f"The limits are finite numbers: {name} is not.")
            if isinstance(limits[name], int) and abs(limits[name]) > LARGEST:
                raise UnknownLimit(f"{name} is larger than anything that is counted.")
        try:
            msgspec.convert(self.limits | dict(limits), type(self))
        except msgspec.ValidationError as error:
            raise UnknownLimit(str(error)) from None
        return replace(self, **limits)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A check as one registered model asks it."""

    check: Check
    blocking: bool = True  # whether a failure stops the flip
    misfit: str = ""  # why it cannot be asked: limits that do not fit it
