"""Whether labels are given to requests that the version before answers otherwise, more than the gate saw.

Both versions are functions of the request: how much they differ depends on what is asked. So what is expected
goes by what the version before answers to a request, and a change that the gate saw to be right is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import NamedTuple, Self

import msgspec

from scheduling.statistics.watching import Bets, chance_of_as_many, log_mean, upper_bound
from scheduling.watch.rules.base import Finding, found, to_leave_out
from scheduling.watch.voices import VOICES, others

SURE = 0.05  # at most, of a change to have been right by chance
ABOVE = 0.2  # of a share to be above what is expected; the tolerance is there besides


class Judged(NamedTuple):
    """What both answer to an evaluation row, and what is true."""

    new: str
    old: str
    truth: str


class MixRate(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct requests of some voices, and bets on each label that was given otherwise than before."""

    asked: int = 0
    moved: dict[str, int] = {}  # by label: only the new version answers so, and the gate saw no gain in it
    bets: dict[str, Bets] = {}


class MixRule(msgspec.Struct, frozen=True, kw_only=True):
    """The labels of both versions on the same requests, without each of the voices."""

    labels: int = 1  # that either may answer
    rows: dict[str, int] = {}  # evaluation rows by the old answer
    seen: dict[str, dict[str, int]] = {}  # … and by the new one, where it is another
    better: dict[str, list[str]] = {}  # old answer -> new answers that were right more often
    without: dict[str, MixRate] = {}
    voices: dict[str, int] = {}  # distinct requests
    missing: str = ""

    @classmethod
    def expecting(cls, judged: Iterable[Judged], *, labels: int) -> Self:
        """Build it on the answers to the evaluation rows; none of them: nothing is expected, nothing told."""
        rows: dict[str, int] = {}
        changes: dict[tuple[str, str], list[str]] = {}
        for row in judged:
            rows[row.old] = rows.get(row.old, 0) + 1
            if row.new != row.old:
                changes.setdefault((row.old, row.new), []).append(row.truth)
        seen: dict[str, dict[str, int]] = {}
        better: dict[str, list[str]] = {}
        for (old, new), truths in sorted(changes.items()):
            seen.setdefault(old, {})[new] = len(truths)
            if _is_better(truths.count(new), truths.count(old)):
                better.setdefault(old, []).append(new)
        missing = "" if rows else "both versions cannot be asked the same evaluation rows"
        return cls(labels=labels, rows=rows, seen=seen, better=better, missing=missing)

    def after(self, answers: Mapping[str, list[tuple[str, str]]], *, tolerance: float) -> Self:
        """Count the (new, old) answers of a block, by voice.

        An old answer that no evaluation row has tells nothing.
        """
        if self.missing:
            return self
        known = {voice: [(new, old) for new, old in of if old in self.rows] for voice, of in answers.items()}
        without = {
            voice: self._with(self.without.get(voice, MixRate()), rest, tolerance)
            for voice in VOICES
            if (rest := list(chain.from_iterable(known[other] for other in others(voice) if other in known)))
        }
        voices = {voice: self.voices.get(voice, 0) + len(of) for voice, of in known.items()}
        return msgspec.structs.replace(self, without=self.without | without, voices=self.voices | voices)

    def _with(self, rate: MixRate, answers: list[tuple[str, str]], tolerance: float) -> MixRate:
        """A label is bet on from when it was first given otherwise; there was nothing to win before."""
        moved, bets = dict(rate.moved), dict(rate.bets)
        for new, old in answers:
            if self._is_moved(new, old):
                moved[new] = moved.get(new, 0) + 1
        for label in moved:
            gain_of = {pair: self._gain(label, *pair) for pair in set(answers)}
            gains = [gain_of[pair] for pair in answers]
            bets[label] = bets.get(label, Bets()).after(gains, margin=tolerance)
        return MixRate(asked=rate.asked + len(answers), moved=moved, bets=bets)

    def _gain(self, label: str, new: str, old: str) -> float:
        """What is expected, less what is there."""
        return self._expected(label, old) - (new == label and self._is_moved(new, old))

    def _is_moved(self, new: str, old: str) -> bool:
        return new != old and new not in self.better.get(old, ())

    def _expected(self, label: str, old: str) -> float:
        """At most this share of the requests that the version before answers `old` is answered `label`."""
        if not self._is_moved(label, old):
            return 0.0
        return _bound(self.seen.get(old, {}).get(label, 0), self.rows[old])

    @property
    def asked(self) -> int:
        """Distinct requests of all voices."""
        return sum(self.voices.values())

    def finding(self, *, alpha: float, tolerance: float, trusted: bool) -> Finding | None:
        """Say which label is given more often than expected, and to whom."""
        evidence = {voice: self._log_evidence(self.without.get(voice, MixRate())) for voice in VOICES}
        most = max(evidence, key=lambda voice: (evidence[voice], voice))
        rate = self.without.get(most, MixRate())
        if not rate.bets:
            return None
        label = max(rate.bets, key=lambda each: (rate.bets[each].log_wealth, each))
        sentence = (
            f"prediction mix: {rate.moved[label]} of {rate.asked} different requests are answered {label}, "
            f"and otherwise by the version before; at most {tolerance:.0%} more than on the evaluation rows "
            f"is allowed"
        )
        asking = [voice for voice, asked in self.voices.items() if asked]
        return found(sentence, evidence, alpha=alpha, leave_out=to_leave_out(asking, trusted=trusted))

    def _log_evidence(self, rate: MixRate) -> float:
        """The mean over all labels; those that were never given otherwise have won and lost nothing."""
        won = [bets.log_wealth for bets in rate.bets.values()]
        return log_mean([*won, *[0.0] * (self.labels - len(won))])


def _is_better(right: int, right_before: int) -> bool:
    return right > 0 and chance_of_as_many(right, right + right_before, 0.5) <= SURE


@cache
def _bound(seen: int, rows: int) -> float:
    return upper_bound(seen, rows, ABOVE)
