"""Whether labels are given to requests that the version before answers otherwise, more than the gate saw."""

from collections import Counter
from collections.abc import Sequence
from typing import Self

import msgspec

from scheduling.statistics.watching import Bets, log_mean, upper_bound
from scheduling.watch.rules.base import NOT_ASKED, AskedRule, Judged, Pair, is_better

ABOVE = 0.2  # of a share to be above what is expected; the tolerance is there besides


class MixRate(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct requests of some voices, and bets on each label that was given otherwise than before."""

    asked: int = 0
    moved: dict[str, int] = {}  # by label: only the new version answers so, and the gate saw no gain in it
    bets: dict[str, Bets] = {}


class MixRule(AskedRule, frozen=True, kw_only=True):
    """The labels of both versions on the same requests. An old answer of no evaluation row tells nothing."""

    labels: int = 1  # that either may answer
    rows: dict[str, int] = {}  # evaluation rows by the old answer
    seen: dict[str, dict[str, int]] = {}  # … and by the new one, where it is another
    better: dict[str, list[str]] = {}  # old answer -> new answers that were right more often
    without: dict[str, MixRate] = {}

    @classmethod
    def expecting(cls, judged: Sequence[Judged], *, labels: int) -> Self:
        """Build it on the answers to the evaluation rows; without any, nothing is expected or found."""
        rows = dict(Counter(row.old for row in judged))
        changes: dict[tuple[str, str], list[str]] = {}
        for row in judged:
            if row.new != row.old:
                changes.setdefault((row.old, row.new), []).append(row.truth)
        seen: dict[str, dict[str, int]] = {}
        better: dict[str, list[str]] = {}
        for (old, new), truths in sorted(changes.items()):
            seen.setdefault(old, {})[new] = len(truths)
            if is_better(truths.count(new), truths.count(old)):
                better.setdefault(old, []).append(new)
        return cls(labels=labels, rows=rows, seen=seen, better=better, missing="" if rows else NOT_ASKED)

    def _compares(self, new: str, old: str) -> bool:
        return old in self.rows

    def _rate_after(self, rate: MixRate | None, pairs: Sequence[Pair], tolerance: float) -> MixRate:
        """A label is bet on from when it was first given otherwise; there was nothing to win before."""
        rate = rate or MixRate()
        moved, bets = Counter(rate.moved), dict(rate.bets)
        moved.update(new for new, old in pairs if self._is_moved(new, old))
        for label in moved:
            gain_of = {pair: self._gain(label, *pair) for pair in set(pairs)}
            gains = [gain_of[pair] for pair in pairs]
            bets[label] = bets.get(label, Bets()).after(gains, margin=tolerance)
        return MixRate(asked=rate.asked + len(pairs), moved=dict(moved), bets=bets)

    def _gain(self, label: str, new: str, old: str) -> float:
        """The largest share of requests with this old answer that may become `label`, less what is there."""
        expected = 0.0
        if self._is_moved(label, old):
            expected = upper_bound(self.seen.get(old, {}).get(label, 0), self.rows[old], ABOVE)
        return expected - (new == label and self._is_moved(new, old))

    def _is_moved(self, new: str, old: str) -> bool:
        return new != old and new not in self.better.get(old, ())

    def _log_evidence(self, rate: MixRate) -> float:
        """The mean over all labels; those that were never given otherwise have won and lost nothing."""
        won = [bets.log_wealth for bets in rate.bets.values()]
        return log_mean([*won, *[0.0] * (self.labels - len(won))])

    def _say(self, rate: MixRate, tolerance: float) -> tuple[str, str]:
        label = max(rate.bets, key=lambda each: (rate.bets[each].log_wealth, each))
        return (
            f"the new version answers {label} too often. On {rate.asked} different requests it gave this "
            f"answer {rate.moved[label]} times where the previous version answers something else.",
            f"prediction mix: at most {tolerance:.0%} more than on the evaluation set is allowed",
        )
