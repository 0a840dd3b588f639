"""The candidates of one model that wait for an answer: how many, and which of them is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from predictions.models.people.access import May
from predictions.models.people.roles import ROLES
from scheduling.models import Run
from scheduling.pages.measured.judged import Measured, three_digits

NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A run that waits, with the hash of its evaluation rows and what it measured."""

    run: Run
    rows: str | None
    measured: Measured | None
    is_own: bool  # the reader started it, and so may not approve it

    @property
    def label(self) -> str:
        return self.run.candidate.label if self.run.candidate else str(self.run)

    @property
    def value(self) -> float | None:
        return self.measured.values["candidate"] if self.measured else None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits of one model, the newest first, and what the reader is asked."""

    candidates: Sequence[Candidate]
    may_approve: bool

    @property
    def may_answer(self) -> bool:
        return self.may_approve and not self.asked.is_own

    @property
    def asked(self) -> Candidate:
        """The one that the reader is led to: the best where that is known, and not their own if possible."""
        for_reader = [one for one in self.candidates if not one.is_own] or self.candidates
        return best_of(for_reader)[0] if _comparable(for_reader) else for_reader[0]

    @property
    def run(self) -> Run:
        return self.asked.run

    @property
    def runs(self) -> set[int]:
        return {one.run.pk for one in self.candidates}

    @property
    def versions(self) -> set[int | None]:
        return {one.run.candidate_id for one in self.candidates}

    @property
    def waits_for(self) -> str:
        """Empty where the reader may answer."""
        if self.asked.is_own:
            return "somebody else: you started this run, and nobody may approve their own"
        return "" if self.may_approve else somebody_who(May.APPROVE)

    @property
    def sentence(self) -> str:
        """What waits, and for whom. Checks may doubt and yet let it by."""
        asked = f"an answer from {self.waits_for}" if self.waits_for else "your answer"
        if len(self.candidates) == 1:
            return f"No check stops {self.asked.label}. It waits for {asked}."
        return (
            f"{len(self.candidates)} versions wait for {asked}: {_named(self.candidates)}. No check stops "
            f"them. {which_is_best(self.candidates)}"
        )


def which_is_best(candidates: Sequence[Candidate]) -> str:
    """Say whose value is best on the same rows, or why nobody can tell."""
    if len({one.rows for one in candidates}) > 1:
        return "They were judged on different rows, so their values do not tell which is best."
    if not _comparable(candidates):
        return "They were not measured by one metric, so nothing tells which is best."
    best = best_of(candidates)
    measured = best[0].measured
    assert measured is not None
    value = three_digits(measured.values["candidate"] or 0.0)
    has = "has" if len(best) == 1 else "have"
    return f"{_named(best)} {has} the best {measured.metric} on the same rows: {value}."


def best_of(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return those with the best value; of candidates that can be compared."""
    values: Mapping[int, float] = {one.run.pk: one.value for one in candidates if one.value is not None}
    greater = all(one.measured is None or one.measured.greater_is_better for one in candidates)
    best = (max if greater else min)(values.values())
    return [one for one in candidates if values[one.run.pk] == best]


def _comparable(candidates: Sequence[Candidate]) -> bool:
    """Whether all were measured by one metric on the same rows."""
    metrics = {one.measured.metric if one.measured else None for one in candidates}
    is_measured = all(one.value is not None for one in candidates)
    return is_measured and len(metrics) == 1 and len({one.rows for one in candidates}) == 1


def _named(candidates: Sequence[Candidate]) -> str:
    more = f" and {len(candidates) - NAMED} more" if len(candidates) > NAMED else ""
    return ", ".join(one.label for one in candidates[:NAMED]) + more


def somebody_who(permission: May) -> str:
    """Return who can do it, by their role."""
    return f"somebody with the role “{next(role for role, held in ROLES.items() if permission in held)}”"
