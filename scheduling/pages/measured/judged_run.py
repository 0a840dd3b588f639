"""What the overview tells of hundreds of runs that judged. Rows with their versions would cost four times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from scheduling.models import Run

OF_VERSION = ("pk", "signature__number", "number", "retired_at")
COLUMNS = ("pk", "decision", *(f"{who}__{name}" for who in ("candidate", "champion") for name in OF_VERSION))


class JudgedVersion(NamedTuple):
    """One of the two versions that a run compared."""

    pk: int
    signature: int
    number: int
    retired_at: datetime | None

    @property
    def label(self) -> str:
        return f"{self.signature}.{self.number}"


class JudgedRun(NamedTuple):
    """A run that judged; without a champion nothing was live."""

    pk: int
    decision: str
    candidate: JudgedVersion | None
    champion: JudgedVersion | None

    @property
    def candidate_id(self) -> int | None:
        return self.candidate.pk if self.candidate else None

    @property
    def champion_id(self) -> int | None:
        return self.champion.pk if self.champion else None


def judged_runs(pks: Sequence[int]) -> dict[int, JudgedRun]:
    """Return these runs by their ids: one query."""
    found = {}
    for pk, decision, *both in Run.objects.filter(pk__in=pks).order_by().values_list(*COLUMNS):
        candidate, champion = (JudgedVersion(*one) if one[0] else None for one in (both[:4], both[4:]))
        found[pk] = JudgedRun(pk, decision, candidate, champion)
    return found
