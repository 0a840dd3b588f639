"""What is to be tried, and what came of it: plain values that every part of a search shares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

Parameters = dict[str, Any]  # by scikit-learn's path: {"classifier__max_depth": 3}


class SearchFailed(Exception):
    """Nothing was found, or nothing could be tried. The text is a sentence, with the remedy."""


@dataclass(frozen=True, kw_only=True)
class FoldScore:
    """What one task found: a score, or why there is none. `message` may quote cells of data."""

    score: float | None = None
    seconds: float = 0.0
    error: str = ""
    message: str = ""
    unreadable: bool = False  # the data's path, where the task ran: no other trial would do better


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One trial: parameters, and the share of each fold's training rows that it is fitted on."""

    number: int  # from 1
    parameters: Parameters
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A trial that was begun, with the scores of its folds; none where one of them failed."""

    proposal: Proposal
    scores: tuple[float, ...] = ()
    seconds: float = 0.0  # of all folds together
    error: str = ""
    message: str = ""

    @property
    def mean(self) -> float | None:
        return fmean(self.scores) if self.scores else None

    @classmethod
    def of(cls, proposal: Proposal, folds: Sequence[FoldScore]) -> "Tried":
        seconds = sum(one.seconds for one in folds)
        failed = next((one for one in folds if one.score is None), None)
        if failed:
            return cls(proposal=proposal, seconds=seconds, error=failed.error, message=failed.message)
        return cls(proposal=proposal, seconds=seconds, scores=tuple(one.score or 0.0 for one in folds))


@dataclass(frozen=True, kw_only=True)
class Found:
    """The best parameters, the mean of their folds' scores, and everything that was tried."""

    parameters: Parameters
    score: float
    trials: list[Tried]
    notes: list[str]


Report = Callable[[Tried], None]


def best_of(trials: Sequence[Tried], *, sign: int) -> Tried | None:
    """Return the best on the most rows; of equal ones the first. None where all have failed."""
    scored = [one for one in trials if one.mean is not None]
    return max(scored, key=lambda one: rank(one, sign=sign), default=None)


def rank(tried: Tried, *, sign: int) -> tuple[float, float, int]:
    """Return what trials are sorted by, the best last."""
    mean = float("-inf") if tried.mean is None else sign * tried.mean
    return tried.proposal.share, mean, -tried.proposal.number
