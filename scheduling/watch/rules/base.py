"""What the rules of a watch share: how much evidence is enough, and that no voice decides alone."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import msgspec

from scheduling.statistics.watching import chance_of_as_many, log_evidence
from scheduling.watch.callers import ANONYMOUS, GROUPS, VOICES

RULES = 4  # share alpha: errors, latency, prediction mix, labels
LEAST_REQUESTS = 20  # of a block: a percentile or a share of fewer is chance


class Finding(NamedTuple):
    """What a rule found, as a sentence for after a colon, and whether it is enough to roll back."""

    sentence: str
    statistics: str
    acts: bool


class BadBlocks(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks that were over a limit, against the most frequent that such may have been before."""

    bound: float
    bad: int = 0
    blocks: int = 0

    @property
    def log_evidence(self) -> float:
        """Against "bad blocks are no more frequent than before"."""
        return log_evidence(self.bad, self.blocks, self.bound)


def as_text(findings: Iterable[Finding], *more: str) -> str:
    """All sentences, what else is to be said, and the statistics last; empty without a finding."""
    found = list(findings)
    if not found:
        return ""
    sentences = " Also, ".join(each.sentence for each in found)
    statistics = "; ".join(each.statistics for each in found)
    return " ".join([sentences, *more, f"Statistics: {statistics}."])


def bound_of(alpha: float) -> float:
    """The evidence that is enough; half of a rule's alpha is for what it is against, which was estimated."""
    return 2 * RULES / alpha


def to_leave_out(asking: Collection[str], *, trusted: bool, sole: str = "") -> Collection[str]:
    """The voices without each of which there has to be enough: those that asked, but none that is trusted.

    Nor a `sole` voice of callers with a token that our own comparison confirms: then only callers without.
    """
    if sole:
        return [ANONYMOUS]
    return [voice for voice in asking if not (trusted and voice == ANONYMOUS)] or GROUPS[:1]


def sole_of(known: Collection[str], requests: Mapping[str, int]) -> str:
    """The one voice of callers with a token that asked, before or since; empty where there are more."""
    asking = {*known, *(voice for voice, number in requests.items() if number >= LEAST_REQUESTS)}
    asking.discard(ANONYMOUS)
    return asking.pop() if len(asking) == 1 else ""


def found(
    evidence: Mapping[str, float],
    say: Callable[[str], tuple[str, str]],
    *,
    alpha: float,
    leave_out: Collection[str],
) -> Finding | None:
    """What comes of the log evidence without each of the voices; None where it is nowhere enough.

    `say` tells sentence and statistics of what is left without a voice. Who spoils one voice is not in that:
    enough evidence there has a probability of at most alpha, whatever one caller does.
    """
    bound = bound_of(alpha)
    surest = max(evidence, key=lambda voice: (evidence[voice], voice), default="")
    if evidence.get(surest, 0.0) < math.log(bound):
        return None
    sentence, statistics = say(surest)
    left = {voice: evidence.get(voice, 0.0) for voice in leave_out}
    statistics = f"{statistics} {in_numbers(min(left.values()), bound)}"
    lacking = sorted(voice for voice in left if left[voice] < math.log(bound))
    if not lacking:
        return Finding(sentence, statistics, True)
    names = " or ".join("all callers without a token" if v == ANONYMOUS else f"caller {v}" for v in lacking)
    return Finding(f"{sentence} Leaving out {names} leaves too little evidence.", statistics, False)


def in_numbers(log_value: float, bound: float) -> str:
    """Evidence, and how much is needed."""
    return f"(evidence {math.exp(min(log_value, 700)):.3g}, needed {bound:.3g})"


SURE = 0.05  # at most, of a change to have been right by chance
NO_LABELS = "the answers are values, not labels"
NOT_ASKED = "the two versions cannot answer the same evaluation rows"
Pair = tuple[Any, Any]  # new answer and old answer


class Judged(NamedTuple):
    """What both versions answer to an evaluation row, and what is true."""

    new: Any
    old: Any
    truth: Any


def is_better(right: int, wrong: int) -> bool:
    """Whether the new version was right more often where the two differ, and not by chance."""
    return right > 0 and chance_of_as_many(right, right + wrong, 0.5) <= SURE


class AskedRule(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the answers without each of the voices. A rule says what a rate is and how it grows."""

    without: dict[str, Any] = {}
    voices: dict[str, int] = {}  # distinct requests
    missing: str = ""

    def after(self, answers: Mapping[str, Sequence[Pair]], *, tolerance: float) -> Self:
        """Count the (new, old) answers of a block, by voice; what cannot be compared is left out."""
        if self.missing:
            return self
        known = {voice: [pair for pair in of if self._compares(*pair)] for voice, of in answers.items()}
        without = dict(self.without)
        for voice in VOICES:
            rest = [pair for other in VOICES if other != voice for pair in known.get(other, ())]
            if rest:
                without[voice] = self._rate_after(without.get(voice), rest, tolerance)
        voices = {voice: self.voices.get(voice, 0) + len(of) for voice, of in known.items()}
        return msgspec.structs.replace(self, without=without, voices=self.voices | voices)

    @property
    def asked(self) -> int:
        return sum(self.voices.values())

    def finding(self, *, alpha: float, tolerance: float, trusted: bool) -> Finding | None:
        def say(voice: str) -> tuple[str, str]:
            return self._say(self.without[voice], tolerance)

        evidence = {voice: self._log_evidence(rate) for voice, rate in self.without.items()}
        leave_out = to_leave_out([voice for voice, asked in self.voices.items() if asked], trusted=trusted)
        return found(evidence, say, alpha=alpha, leave_out=leave_out)

    def _compares(self, new: Any, old: Any) -> bool:
        raise NotImplementedError

    def _rate_after(self, rate: Any, pairs: Sequence[Pair], tolerance: float) -> Any:
        raise NotImplementedError

    def _log_evidence(self, rate: Any) -> float:
        raise NotImplementedError

    def _say(self, rate: Any, tolerance: float) -> tuple[str, str]:
        raise NotImplementedError
