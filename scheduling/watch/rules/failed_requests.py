"""Whether more requests fail than before, in blocks of time, so that one outage counts once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

import msgspec

from scheduling.statistics.watching import chance_of_as_many, log_evidence, upper_bound
from scheduling.watch.rules.base import LEAST_REQUESTS, RULES, Finding, found, sole_of, to_leave_out
from scheduling.watch.voices import VOICES, others

BY_CHANCE = 0.01  # so seldom has a block by chance as many failures as make it bad


class Counted(NamedTuple):
    """Requests of some time: those that failed, all of them, and failures that the version before answered.

    Requests that the version before could not answer either are in none of the numbers.
    """

    failed: int = 0
    requests: int = 0
    only_failed: int = 0

    @classmethod
    def total(cls, parts: Iterable[Counted]) -> Counted:
        """All of them."""
        return cls(*(sum(column) for column in zip(*parts, strict=True)))


ByVoice = Mapping[str, Counted]


class ErrorRate(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks in which more requests failed than the limit explains, and the rate of such before.

    Five minutes with few requests are put together with the next: 20 make a block.
    """

    limit: float  # share of the requests
    bound: float
    bad: int = 0
    blocks: int = 0
    waiting: Counted = Counted()  # of five minutes that are no block yet

    @classmethod
    def against(cls, before: Iterable[Counted], *, tolerance: float, alpha: float) -> Self | None:
        """Build it on what was counted before the flip; None where that is too little.

        The limit is the share that failed then, and the tolerance.
        """
        blocks, _ = _blocks_of(before)
        if not blocks:
            return None
        together = Counted.total(blocks)
        limit = min(together.failed / together.requests + tolerance, 1.0)
        bad = sum(_is_bad(block, limit) for block in blocks)
        return cls(limit=limit, bound=upper_bound(bad, len(blocks), alpha / RULES / 2))

    def after(self, counted: Counted) -> Self:
        """Count five minutes more."""
        blocks, waiting = _blocks_of([self.waiting, counted])
        bad = self.bad + sum(_is_bad(block, self.limit) for block in blocks)
        return msgspec.structs.replace(self, bad=bad, blocks=self.blocks + len(blocks), waiting=waiting)

    @property
    def log_evidence(self) -> float:
        """Against "bad blocks are no more frequent than before"."""
        return log_evidence(self.bad, self.blocks, self.bound)


class ErrorRule(msgspec.Struct, frozen=True, kw_only=True):
    """The rate of bad blocks without each of the voices, and what each of them was counted."""

    without: dict[str, ErrorRate] = {}
    voices: dict[str, Counted] = {}  # since the flip
    known: list[str] = []  # that asked before
    missing: str = ""

    @classmethod
    def against(cls, before: Sequence[ByVoice], *, tolerance: float, alpha: float) -> Self:
        """Build it on the blocks before the flip; a voice that was alone in them is not left out."""
        everybody = ErrorRate.against(map(_together, before), tolerance=tolerance, alpha=alpha)
        if everybody is None:
            return cls(missing=f"fewer than {LEAST_REQUESTS} requests were counted before the flip")
        without = {}
        for voice in VOICES:
            rest = [_without(block, voice) for block in before]
            without[voice] = ErrorRate.against(rest, tolerance=tolerance, alpha=alpha) or everybody
        asked = {voice: Counted.total(block.get(voice, Counted()) for block in before) for voice in VOICES}
        known = [voice for voice, of in asked.items() if of.requests >= LEAST_REQUESTS]
        return cls(without=without, known=known)

    def after(self, block: ByVoice) -> Self:
        """Count five minutes more, by voice."""
        if self.missing:
            return self
        without = {voice: rate.after(_without(block, voice)) for voice, rate in self.without.items()}
        voices = {
            voice: Counted.total([self.voices.get(voice, Counted()), more]) for voice, more in block.items()
        }
        return msgspec.structs.replace(self, without=without, voices=self.voices | voices)

    @property
    def counted(self) -> Counted:
        """All voices together."""
        return _together(self.voices)

    def finding(self, *, alpha: float, trusted: bool) -> Finding | None:
        """Say how much failed, and for whom."""
        evidence = {voice: rate.log_evidence for voice, rate in self.without.items()}
        if not evidence:
            return None
        rate = self.without[max(evidence, key=lambda voice: (evidence[voice], voice))]
        sentence = (
            f"errors: {self.counted.failed} of {self.counted.requests} requests failed, of which the version "
            f"before answers {self.counted.only_failed}; in {rate.bad} of {rate.blocks} blocks of 5 minutes "
            f"it was more than {rate.limit:.1%}, before in at most {rate.bound:.3f} of them"
        )
        asking = [voice for voice, of in self.voices.items() if of.requests]
        leave_out = to_leave_out(asking, trusted=trusted, sole=self._sole)
        return found(sentence, evidence, alpha=alpha, leave_out=leave_out)

    @property
    def _sole(self) -> str:
        """The one voice of callers with a token, where our own comparison confirms what it says.

        That is: the worker asked the version before what failed, and mostly got an answer.
        """
        voice = sole_of(self.known, {voice: of.requests for voice, of in self.voices.items()})
        counted = self.voices.get(voice, Counted())
        return voice if counted.only_failed * 2 > counted.failed else ""


def _together(block: ByVoice) -> Counted:
    return Counted.total([Counted(), *block.values()])


def _without(block: ByVoice, voice: str) -> Counted:
    return Counted.total([Counted(), *(block[other] for other in others(voice) if other in block)])


def _blocks_of(counted: Iterable[Counted]) -> tuple[list[Counted], Counted]:
    """Return blocks with enough requests, and what is left over."""
    blocks, so_far = [], Counted()
    for more in counted:
        so_far = Counted.total([so_far, more])
        if so_far.requests >= LEAST_REQUESTS:
            blocks.append(so_far)
            so_far = Counted()
    return blocks, so_far


def _is_bad(block: Counted, limit: float) -> bool:
    return block.failed > 0 and chance_of_as_many(block.failed, block.requests, limit) <= BY_CHANCE
