"""What the server tells of runs, promotions and versions, as values that show themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from model_delivery.errors import Problem
from model_delivery.shown.table import Shown, Table

OVER = ("finished", "failed", "interrupted", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Run(Shown):
    """One judgement or registration, as the server's audit has it. `at` is when it was asked for."""

    id: int
    task: str
    model: str
    status: str
    decision: str = ""
    reason: str = ""
    step: str = ""
    version: str | None = None
    at: str = ""
    url: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, answer: Mapping[str, Any], *, base: str) -> Self:
        """Return the run of an answer of `/api/runs`."""
        same = {
            name: answer.get(name) or "" for name in ("task", "model", "status", "decision", "reason", "step")
        }
        number, at = int(answer["id"]), str(answer.get("created_at") or "")
        url = evidence_url(base, number)
        return cls(id=number, version=answer.get("candidate"), at=at, url=url, answer=answer, **same)

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with what was sent, where the run failed because of it."""
        return problems_of(self.answer.get("errors"))

    def table(self) -> Table:
        shown = ("id", "task", "model", "version", "status", "step", "decision", "reason", "at", "url")
        return Table(title=f"Run {self.id}", rows=[(name, getattr(self, name)) for name in shown])


class Runs(list[Run], Shown):
    """Runs, newest first."""

    def table(self) -> Table:
        shown = ("id", "task", "version", "status", "decision", "at", "reason")
        rows = [[getattr(run, name) for name in shown] for run in self]
        return Table(title="Runs", columns=shown, rows=rows)


@dataclass(frozen=True, kw_only=True)
class Promotion(Shown):
    """One row of the ledger."""

    model: str
    version: str
    replaced: str | None
    kind: str
    by: str
    reason: str
    at: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        same = {name: answer[name] for name in ("model", "version", "kind", "by", "reason", "at")}
        return cls(replaced=answer.get("replaced_version"), **same)

    def table(self) -> Table:
        return Table(title=f"{self.model} {self.version}", rows=list(vars(self).items()))


@dataclass(frozen=True, kw_only=True)
class Verdict(Shown):
    """What came of a registration. `version` and `decision` are empty where only data was registered."""

    model: str
    run: int | None = None
    version: str | None = None
    decision: str = ""
    reason: str = ""
    evidence: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Mapping[str, Any], *, model: str, base: str) -> Self:
        """Return the verdict of an answer to a registration. `evidence` is the page for people."""
        same: dict[str, Any] = {name: answer.get(name) or "" for name in ("decision", "reason")}
        notes = tuple(str(note) for note in answer.get("notes") or ())
        rest: dict[str, Any] = {name: answer.get(name) for name in ("run", "version")}
        has_page = rest["run"] is not None and answer.get("evidence")
        page = evidence_url(base, rest["run"]) if has_page else ""
        return cls(model=model, notes=notes, evidence=page, **rest, **same)

    def __str__(self) -> str:
        name = f"{self.model} {self.version}" if self.version else self.model
        return f"{name}: {self.reason or self.decision or 'registered.'}"

    def table(self) -> Table:
        shown = ("version", "decision", "reason", "evidence", "run")
        rows: list[tuple[str, Any]] = [(name, getattr(self, name)) for name in shown]
        return Table(title=self.model, rows=[*rows, *(("note", note) for note in self.notes)])


def evidence_url(base: str, run: int) -> str:
    """Return the address of a run's evidence page, as the client reaches the server."""
    return f"{base}/api/runs/{run}/evidence.html"


def problems_of(errors: Any) -> list[Problem]:
    """Return the problems of an answer's `errors`; what has another shape is left out."""
    return [_problem(each) for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []


def _problem(error: Mapping[str, Any]) -> Problem:
    field, message = str(error.get("field", "")), str(error.get("message", ""))
    choices = tuple(map(str, error.get("choices") or ()))
    return Problem(field=field, message=message, row=error.get("row"), choices=choices)
