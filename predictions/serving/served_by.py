"""How many workers serve what is live, since when, and why others do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from predictions.models import Worker


@dataclass(frozen=True, kw_only=True)
class ServedBy:
    """How many of the workers alive serve one version, since when all of these do, and what keeps others."""

    version: str
    workers: int
    of: int
    since: datetime | None
    problems: list[str]

    @property
    def sentence(self) -> str:
        """For people."""
        since = f" since {self.since:%Y-%m-%d %H:%M:%S}" if self.since else ""
        told = "".join(f"; {problem}" for problem in self.problems)
        return f"{self.workers} of {self.of} workers on {self.version}{since}{told}"

    @classmethod
    def among(cls, alive: Iterable[Worker], model: str, version: str) -> ServedBy:
        """Count among these workers; `since` is when the last of those that serve it began."""
        alive = list(alive)
        there = [worker for worker in alive if worker.serves.get(model) == version]
        began = [datetime.fromisoformat(w.began[model]) for w in there if model in w.began]
        return cls(
            version=version,
            workers=len(there),
            of=len(alive),
            since=max(began, default=None),
            problems=sorted({w.problems[model] for w in alive if model in w.problems}),
        )
