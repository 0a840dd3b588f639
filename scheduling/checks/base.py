"""The shape of a check: fields are the limits, `run()` answers. `checks/__init__.py` lists all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, ClassVar

import msgspec

from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome

LARGEST = 2**53


class UnknownLimit(Exception):
    """A limit that the check does not have, or a value of another type."""


class RestsOn(StrEnum):
    """What an answer depends on, beside versions, datasets and rules: whether it can be computed again."""

    FILES = "files"  # nothing else: always
    REHEARSAL = "rehearsal"  # measured at the time; judged again where that was kept
    LOG = "log"  # rows of the prediction log, while they exist
    MOMENT = "moment"  # the state of the world at the time: never


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question about a candidate. Subclasses are frozen dataclasses: their fields are the limits."""

    id: ClassVar[str]
    title: ClassVar[str]  # what it asks, for people
    blocks: ClassVar[bool] = True  # by default: stopping the promotion is the remedy for what it finds
    trusts_callers: ClassVar[bool] = False  # then it blocks only where nobody without a token can decide it
    rests_on: ClassVar[RestsOn] = RestsOn.FILES
    no_more_than: ClassVar[Mapping[str, str]] = {}  # a limit that another one bounds: both by name
    sets: ClassVar[tuple[str, ...]] = ()  # whose rows it looks at, so that a sample of them is told

    def run(self, evidence: Evidence) -> Outcome:
        """Answer from the evidence; an exception becomes an outcome of level `error`."""
        raise NotImplementedError

    def decides_by_all_rows(self, evidence: Evidence) -> bool:
        """Whether the sample of a large set gave figures beside the answer only."""
        return False

    @property
    def limits(self) -> dict[str, Any]:
        return asdict(self)

    def contradictions(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Return by name what is wrong with those given limits that exceed the one which bounds them."""
        limits = self.limits | dict(given)
        return {
            name: f"Enter {limits[bound]:g} or less: more than {bound} has no meaning here."
            for name, bound in self.no_more_than.items()
            if name in given and limits[name] > limits[bound]
        }

    def with_limits(self, limits: Mapping[str, Any]) -> Check:
        """Return the same check with other limits. Raises `UnknownLimit`."""
        if not isinstance(limits, Mapping):
            raise UnknownLimit('Limits must be an object, for example {"max_p95_ms": 80}.')
        known = {field.name for field in fields(self)}
        for name, value in limits.items():
            if name not in known:
                has = f"Its limits are {', '.join(sorted(known))}." if known else "It has no limits."
                raise UnknownLimit(f"The check {self.id} does not have a limit {name}. {has}")
            if isinstance(value, float) and not math.isfinite(value):
                raise UnknownLimit(f"{name} must be a finite number.")
            if isinstance(value, int) and abs(value) > LARGEST:
                raise UnknownLimit(f"{name} must be between -2^53 and 2^53.")
        try:
            msgspec.convert(self.limits | dict(limits), type(self))
        except msgspec.ValidationError as error:
            what, _, name = str(error).replace("`", "").partition(" - at $.")
            raise UnknownLimit(f"{name}: {what}." if name else what) from None
        return replace(self, **limits)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A check with the settings of one registered model."""

    check: Check
    blocking: bool = True  # whether a failure prevents the promotion
    misfit: str = ""  # why it cannot run: its stored limits are invalid
