"""What it costs to serve the candidate: the time of one prediction, and the memory of a worker."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from predictions.contract.numbers import counted
from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome, of_any_feature

Milliseconds = Annotated[float, Meta(gt=0)]
Megabytes = Annotated[float, Meta(gt=0)]
Ratio = Annotated[float, Meta(ge=1)]
NAMES = ("p50", "p95")
BLOCKS = 5
SLOWER_IN_HOST = (
    "This does not prevent the promotion: the candidate has no ONNX form and is answered by the model host, "
    "the live version is compiled."
)


@dataclass(frozen=True, kw_only=True)
class Latency(Check):
    """p50 and p95 of single-row requests in the rehearsal, in milliseconds, and against the champion's.

    A figure is the median over five blocks of requests: what slows the machine for a moment spoils one. A
    ratio is that of the same block, and counts only with a difference of `least_difference_ms` as well.
    The first version in the model host after a compiled one is slower by its nature, which whoever registers
    it is told: then the ratios only warn, and the milliseconds are the limit.
    """

    id = "latency"
    title = "Does it answer fast enough?"
    rests_on = RestsOn.REHEARSAL
    no_more_than = {"max_p50_ms": "max_p95_ms"}
    max_p50_ms: Milliseconds = 50.0
    max_p95_ms: Milliseconds = 100.0
    max_p50_ratio: Ratio = 1.5
    max_p95_ratio: Ratio = 2.0
    least_difference_ms: Milliseconds = 1.0
    max_load_seconds: Annotated[float, Meta(gt=0)] = 10.0

    def run(self, evidence: Evidence) -> Outcome:
        played, champion = evidence.rehearsal, evidence.rehearsal.champion
        ours = percentiles(played.seconds)
        values, limits = np.median(ours, axis=0).tolist(), (self.max_p50_ms, self.max_p95_ms)
        problems = [
            f"{name} is {value:.1f} ms (allowed: {limit:g} ms)."
            for name, value, limit in zip(NAMES, values, limits, strict=True)
            if value > limit
        ]
        if played.load_seconds > self.max_load_seconds:
            took = f"{played.load_seconds:.1f} s (allowed: {self.max_load_seconds:g} s)"
            problems.append(f"Loading took {took}.")
        over = counted(len(played.seconds), "request")
        passed = f"p50 is {values[0]:.1f} ms and p95 {values[1]:.1f} ms over {over}"
        of_champion, ratios, slower = [None, None], [None, None], []
        if champion is None:
            passed += f". {not_compared(played.champion_failed)}"
        else:
            theirs = percentiles(champion.seconds)
            of_champion, ratios = (np.median(each, axis=0).tolist() for each in (theirs, ours / theirs))
            passed += f"; the live version's are {of_champion[0]:.1f} ms and {of_champion[1]:.1f} ms."
            slower = self._slower(ours, theirs)
        is_first = _is_first_in_host(evidence)
        measured: dict[str, Any] = {"requests": len(played.seconds), "load_seconds": played.load_seconds}
        for name, value, of_theirs, ratio in zip(NAMES, values, of_champion, ratios, strict=True):
            measured |= {f"{name}_ms": value, f"champion_{name}_ms": of_theirs, f"{name}_ratio": ratio}
        measured["first_in_model_host"] = is_first
        words = of_any_feature(played.champion_words, redacted=evidence.redacted)
        details = {"champion_load_seconds": champion and champion.load_seconds, "champion_words": words}
        if is_first and slower and not problems:
            message = f"{' '.join(slower)} {SLOWER_IN_HOST} {passed}"
            return Outcome(level=Level.WARN, message=message, measured=measured, details=details)
        return Outcome.judged(problems + slower, passed=passed, measured=measured, details=details)

    def _slower(self, ours: np.ndarray, theirs: np.ndarray) -> list[str]:
        """Return a sentence for each percentile that is over its ratio, from those of the blocks."""
        ratios, differences = np.median(ours / theirs, axis=0), np.median(ours - theirs, axis=0)
        limits = (self.max_p50_ratio, self.max_p95_ratio)
        return [
            f"{name} is {ratio:.1f} times the live version's, {more:.1f} ms more (allowed: {limit:g} times)."
            for name, ratio, more, limit in zip(NAMES, ratios, differences, limits, strict=True)
            if ratio > limit and more > self.least_difference_ms
        ]


def _is_first_in_host(evidence: Evidence) -> bool:
    """Whether the model host answers the candidate, and a compiled form the champion."""
    host = evidence.candidate.Rung.HOST
    champion = evidence.champion
    return evidence.candidate.rung == host and champion is not None and champion.rung != host


@dataclass(frozen=True, kw_only=True)
class Memory(Check):
    """By how many MB the rehearsal's server grew for each version; the ratio needs the least difference."""

    id = "memory"
    title = "Does it fit into memory?"
    rests_on = RestsOn.REHEARSAL
    max_mb: Megabytes = 512.0
    max_ratio: Ratio = 3.0
    least_difference_mb: Megabytes = 64.0

    def run(self, evidence: Evidence) -> Outcome:
        played = evidence.rehearsal
        ours, champion = played.memory_mb, played.champion.memory_mb if played.champion else None
        problems = []
        if ours > self.max_mb:
            problems.append(f"Loading took {ours:.0f} MB (allowed: {self.max_mb:g} MB).")
        against = not_compared(played.champion_failed)
        if champion is not None:
            against = f"The live version took {champion:.1f} MB."
            if ours - champion > self.least_difference_mb and ours > self.max_ratio * champion:
                allowed = f"the live version {champion:.0f} MB (allowed: {self.max_ratio:g} times as much)"
                problems.append(f"Loading took {ours:.0f} MB, {allowed}.")
        ratio = ours / champion if champion and champion > 0 else None
        measured = {"mb": ours, "champion_mb": champion, "ratio": ratio, "server_mb": played.server_mb}
        return Outcome.judged(problems, passed=f"Loading took {ours:.1f} MB. {against}", measured=measured)


def percentiles(seconds: list[float]) -> np.ndarray:
    """Return p50 and p95 of each block, in milliseconds: shape (blocks, 2)."""
    blocks = np.array_split(1000 * np.asarray(seconds), min(BLOCKS, max(1, len(seconds))))
    return np.array([np.percentile(block, [50, 95]) for block in blocks])


def not_compared(failed: str) -> str:
    """Tell why the rehearsal has no champion to compare with."""
    if failed:
        return f"There is no comparison, because the live version failed: {failed.rstrip('.')}."
    return "There is no other version to compare with."
