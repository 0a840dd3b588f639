"""What the two rules share that ask both versions the same requests: one compares labels, one values."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import msgspec

from scheduling.statistics.watching import chance_of_as_many
from scheduling.watch.callers import VOICES
from scheduling.watch.rules.base import Finding, found, surest, to_leave_out

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
        evidence = {voice: self._log_evidence(rate) for voice, rate in self.without.items()}
        voice = surest(evidence, alpha=alpha)
        if voice is None:
            return None
        asking = [voice for voice, asked in self.voices.items() if asked]
        said = self._say(self.without[voice], tolerance)
        return found(*said, evidence, alpha=alpha, leave_out=to_leave_out(asking, trusted=trusted))

    def _compares(self, new: Any, old: Any) -> bool:
        raise NotImplementedError

    def _rate_after(self, rate: Any, pairs: Sequence[Pair], tolerance: float) -> Any:
        raise NotImplementedError

    def _log_evidence(self, rate: Any) -> float:
        raise NotImplementedError

    def _say(self, rate: Any, tolerance: float) -> tuple[str, str]:
        raise NotImplementedError
