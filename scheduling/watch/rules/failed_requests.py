"""Whether more requests fail than before, in blocks of time, so that one outage counts once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

import msgspec

from scheduling.statistics.watching import chance_of_as_many, upper_bound
from scheduling.watch.callers import VOICES
from scheduling.watch.rules import base

BY_CHANCE = 0.01  # so seldom has a block by chance as many failures as make it bad


class Counted(NamedTuple):
    """Requests of some time: those that failed, all of them, and failures that the version before answered.

    Requests that the version before could not answer either are in none of the numbers.
    """

    failed: int = 0
    requests: int = 0
    only_failed: int = 0

    @classmethod
    def total(cls, parts: Iterable[Self]) -> Self:
        return cls(*(sum(column) for column in zip(*parts, strict=True)))


ByVoice = Mapping[str, Counted]


class ErrorRate(base.BadBlocks, frozen=True, kw_only=True):
    """Blocks of 20 requests or more in which more failed than the limit explains, and their rate before."""

    limit: float  # share of the requests
    waiting: Counted = Counted()  # of five minutes that are no block yet

    @classmethod
    def against(cls, before: Iterable[Counted], *, tolerance: float, alpha: float) -> Self | None:
        """Build it on the blocks before the promotion; None where they have too few requests."""
        blocks, _ = _blocks_of(before)
        if not blocks:
            return None
        together = Counted.total(blocks)
        limit = min(together.failed / together.requests + tolerance, 1.0)
        bad = sum(_is_bad(block, limit) for block in blocks)
        return cls(limit=limit, bound=upper_bound(bad, len(blocks), alpha / base.RULES / 2))

    def after(self, counted: Counted) -> Self:
        blocks, waiting = _blocks_of([self.waiting, counted])
        bad = self.bad + sum(_is_bad(block, self.limit) for block in blocks)
        return msgspec.structs.replace(self, bad=bad, blocks=self.blocks + len(blocks), waiting=waiting)


class ErrorRule(msgspec.Struct, frozen=True, kw_only=True):
    """The rate of bad blocks without each of the voices, and what each of them was counted."""

    without: dict[str, ErrorRate] = {}
    voices: dict[str, Counted] = {}  # since the flip, also where nothing was counted before
    known: list[str] = []  # that asked before
    missing: str = ""

    @classmethod
    def against(cls, before: Sequence[ByVoice], *, tolerance: float, alpha: float) -> Self:
        """Build it on the blocks before the flip; a voice that was alone in them is not left out."""
        limits = {"tolerance": tolerance, "alpha": alpha}
        everybody = ErrorRate.against(map(_sum, before), **limits)
        if everybody is None:
            return cls(missing=f"fewer than {base.LEAST_REQUESTS} requests were counted before the promotion")
        without, known = {}, []
        for voice in VOICES:
            rest = [_sum(block, but=voice) for block in before]
            without[voice] = ErrorRate.against(rest, **limits) or everybody
            if sum(block[voice].requests for block in before if voice in block) >= base.LEAST_REQUESTS:
                known.append(voice)
        return cls(without=without, known=known)

    def after(self, block: ByVoice) -> Self:
        without = {voice: rate.after(_sum(block, but=voice)) for voice, rate in self.without.items()}
        more = {v: Counted.total([self.voices.get(v, Counted()), counted]) for v, counted in block.items()}
        return msgspec.structs.replace(self, without=without, voices=self.voices | more)

    @property
    def counted(self) -> Counted:
        return _sum(self.voices)

    def finding(self, *, alpha: float, trusted: bool) -> base.Finding | None:
        evidence = {voice: rate.log_evidence for voice, rate in self.without.items()}
        asked = {voice: of.requests for voice, of in self.voices.items() if of.requests}
        sole = base.sole_of(self.known, asked)
        counted = self.voices.get(sole, Counted())
        # The worker asked the version before what failed. If that mostly answered, it confirms the voice.
        confirmed = sole if counted.only_failed * 2 > counted.failed else ""
        leave_out = base.to_leave_out(asked, trusted=trusted, sole=confirmed)
        return base.found(evidence, self._say, alpha=alpha, leave_out=leave_out)

    def _say(self, voice: str) -> tuple[str, str]:
        rate, (failed, requests, only_failed) = self.without[voice], self.counted
        return (
            f"the new version fails more often. {failed} of {requests} requests failed "
            f"({100 * failed / requests:.1f} %); the previous version answers {only_failed} of those.",
            f"errors: more than {100 * rate.limit:.1f} % failed in {rate.bad} of {rate.blocks} blocks of "
            f"5 minutes, before in at most {100 * rate.bound:.1f} % of them",
        )


def _sum(block: ByVoice, *, but: str | None = None) -> Counted:
    return Counted.total(counted for voice, counted in block.items() if voice != but)


def _blocks_of(counted: Iterable[Counted]) -> tuple[list[Counted], Counted]:
    """Return blocks with enough requests, and what is left over."""
    blocks, so_far = [], Counted()
    for more in counted:
        so_far = Counted.total([so_far, more])
        if so_far.requests >= base.LEAST_REQUESTS:
            blocks.append(so_far)
            so_far = Counted()
    return blocks, so_far


def _is_bad(block: Counted, limit: float) -> bool:
    return block.failed > 0 and chance_of_as_many(block.failed, block.requests, limit) <= BY_CHANCE
