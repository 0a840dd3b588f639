"""Simulated days of a watch: who calls, what fails, how long it takes, what both versions answer.

Each function plays one day of 288 blocks of five minutes through a rule as the program has it, looks after
every block, and returns the block after which the rule would roll back; None where it never would.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from predictions.log.request_lines import STEPS
from scheduling.watch.callers import ANONYMOUS, GROUPS
from scheduling.watch.rules import ErrorRule, LatencyRule, LossRule, MixRule, ValueRule
from scheduling.watch.rules.base import Finding, Judged
from scheduling.watch.rules.failed_requests import Counted

ALPHA = 0.05
BLOCKS, HOUR = 288, 12
LABELLED, ROWS = 10, 25  # of a block; of a voice in a block
ROUNDS, NOISE = 30, 0.15  # of our own comparison; of the logarithm of its ratio
TOLERANCE, MIX_TOLERANCE, LOSS_MARGIN, ERROR_TOLERANCE = 1.25, 0.10, 0.01, 0.02
Chance = np.random.Generator
Found = int | None
Shares = Mapping[str, float]
ONE, TWO, THREE = GROUPS
MANY = {ANONYMOUS: 20, ONE: 20, TWO: 15, THREE: 15}  # requests of each voice in a block
SMALL = {ANONYMOUS: 4, ONE: 4, TWO: 3, THREE: 3}
ALONE = {ONE: 50}
OPEN = {ANONYMOUS: 50}


def failures(
    chance: Chance, blocks: int, callers: Mapping[str, int], *, rate: float, bursts: float = 0.0,
    worse: Shares | None = None, storms: int = 1, only: bool = True,
) -> list[dict[str, Counted]]:  # fmt: skip
    """What failed, by voice: traffic swings between half and one and a half; outages hit 30 % of everybody's.

    What fails worse than that fails with the new version only, or with both. A storm repeats what failed.
    """
    swing = 1 + 0.5 * np.sin(2 * np.pi * np.arange(blocks) / BLOCKS)
    out = chance.random(blocks) < bursts
    days: list[dict[str, Counted]] = [{} for _ in range(blocks)]
    for voice, requests in callers.items():
        asked = chance.poisson(requests * swing)
        failed = chance.binomial(asked, np.where(out, 0.3, rate))
        more = (
            chance.binomial(asked - failed, (worse or {}).get(voice, 0.0)) if only else np.zeros(blocks, int)
        )
        again = np.where(out, storms - 1, 0) * failed
        for i, block in enumerate(days):
            bad, all_of_them = int(failed[i] + more[i] + again[i]), int(asked[i] + again[i])
            block[voice] = Counted(bad, all_of_them, bad)
    return days


def errors(
    chance: Chance, callers: Mapping[str, int] = MANY, *, before: int = BLOCKS, rate: float = 0.001,
    bursts: float = 0.0, less: int = 1, trusted: bool = False, **after: Any,
) -> Found:  # fmt: skip
    """More may fail after the flip, and the traffic may be so many times less."""
    then = failures(chance, before, callers, rate=rate, bursts=bursts)
    rule = ErrorRule.against(then, tolerance=ERROR_TOLERANCE, alpha=ALPHA)
    fewer = {voice: max(requests // less, 1) for voice, requests in callers.items()}

    def looks() -> Iterable[Finding | None]:
        nonlocal rule
        for block in failures(chance, BLOCKS, fewer, rate=rate, bursts=bursts, **after):
            rule = rule.after(block)
            yield rule.finding(alpha=ALPHA, trusted=trusted)

    return first(looks())


def times(
    chance: Chance, blocks: int, *, requests: int, bursts: float, factor: Any = 1.0
) -> list[Counter[int]]:
    """Steps of time: log-normal, each block like the one before, and slow blocks."""
    load = np.zeros(blocks)
    for i in range(1, blocks):
        load[i] = 0.8 * load[i - 1] + chance.normal(0, 0.05)
    slow = np.where(chance.random(blocks) < bursts, 5.0, 1.0) * factor
    drawn = chance.lognormal(math.log(400), 0.3, (blocks, requests)) * (np.exp(load) * slow)[:, None]
    return [Counter(row.tolist()) for row in (STEPS * np.log2(drawn)).astype(int)]


def latency(
    chance: Chance, *, before: int = BLOCKS, bursts: float = 0.0, factor: float = 1.0, crowd: Any = 1.0,
    size: int = 1, requests: int = 50,
) -> Found:  # fmt: skip
    """The version may be slower; so may everything be, by what others ask; and requests may get larger."""
    old = [{ANONYMOUS: {1: steps}} for steps in times(chance, before, requests=requests, bursts=bursts)]
    rule = LatencyRule.against(old, tolerance=TOLERANCE, alpha=ALPHA)

    def looks() -> Iterable[Finding | None]:
        nonlocal rule
        for steps in times(chance, BLOCKS, requests=requests, bursts=bursts, factor=factor * crowd):
            rule = rule.after({ANONYMOUS: {size: steps}})
            if rule.suspects(alpha=ALPHA, trusted=False):
                ratios = factor * chance.lognormal(0, NOISE, ROUNDS)
                rule = rule.compared(slower=int((ratios > TOLERANCE).sum()), rounds=ROUNDS)
            yield rule.finding(alpha=ALPHA, trusted=False)

    return first(looks())


def mix(
    chance: Chance, callers: Mapping[str, int] = MANY, *, swing: float = 0.0, moved: float = 0.0,
    unlike: Shares | None = None, at: range = range(BLOCKS), seen: int = 100, gain: bool = False,
    trusted: bool = False,
) -> Found:  # fmt: skip
    """Two labels, whose shares swing over the day; 8 % of the answers differ, and more are moved to one.

    `seen` evaluation rows showed that; with a `gain` a third of them were moved, and rightly so. Of a voice
    that asks what is `unlike` them so many answers are moved.
    """

    def answers(rows: int, share: float, moved: float) -> list[tuple[str, str]]:
        old = chance.random(rows) < share
        flips = (chance.random(rows) < 0.08) & (chance.random(rows) < np.where(old, 1 - share, share))
        new = (old ^ flips) | (chance.random(rows) < moved)
        return [("ab"[not n], "ab"[not o]) for n, o in zip(new, old, strict=True)]

    gained = answers(seen, 0.5, 1 / 3 if gain else 0.0)
    truths = [new if gain or chance.random() < 0.5 else old for new, old in gained]
    judged = [Judged(new, old, truth) for (new, old), truth in zip(gained, truths, strict=True)]
    rule = MixRule.expecting(judged, labels=2)

    def looks() -> Iterable[Finding | None]:
        nonlocal rule
        for i in range(BLOCKS):
            share = 0.5 * (1 + swing * math.sin(2 * math.pi * i / BLOCKS))
            more = (unlike or {}) if i in at else {}
            block = {
                voice: answers(min(requests, ROWS), share, max(moved, more.get(voice, 0.0)))
                for voice, requests in callers.items()
            }
            rule = rule.after(block, tolerance=MIX_TOLERANCE)
            yield rule.finding(alpha=ALPHA, tolerance=MIX_TOLERANCE, trusted=trusted)

    return first(looks())


def values(
    chance: Chance, callers: Mapping[str, int] = MANY, *, spread: float = 0.1, seen: int = 100,
    shift: float = 0.0, flat: bool = False, unlike: Shares | None = None, at: range = range(BLOCKS),
    trusted: bool = False,
) -> Found:  # fmt: skip
    """Values that swing over the day, most within half the scale; the new version's differ by chance.

    What is expected was seen on some evaluation rows. Something wrong: a shift, or the same answer to all.
    """

    def answers(rows: int, at: float, *, shift: float = 0.0, flat: bool = False) -> list[tuple[float, float]]:
        old = chance.normal(0.1 * math.sin(at), 0.3, rows)
        new = np.zeros(rows) if flat else old + spread * chance.standard_t(4, rows) + shift
        return list(zip(new.tolist(), old.tolist(), strict=True))

    judged = [Judged(n, o, chance.choice([n, o])) for n, o in answers(seen, 0.0)]
    rule = ValueRule.expecting(judged, scale=1.0)

    def looks() -> Iterable[Finding | None]:
        nonlocal rule
        for i in range(BLOCKS):
            more = (unlike or {}) if i in at else {}
            block = {
                voice: answers(
                    min(requests, ROWS), 2 * math.pi * i / BLOCKS, shift=more.get(voice, shift), flat=flat
                )
                for voice, requests in callers.items()
            }
            rule = rule.after(block, tolerance=MIX_TOLERANCE)
            yield rule.finding(alpha=ALPHA, tolerance=MIX_TOLERANCE, trusted=trusted)

    return first(looks())


def loss(chance: Chance, *, worse: float = 0.0) -> Found:
    """Labels as they arrive: differences of Brier losses, mostly small, now and then large."""
    rule = LossRule()

    def looks() -> Iterable[Finding | None]:
        nonlocal rule
        for _ in range(BLOCKS):
            spread = np.where(chance.random(LABELLED) < 0.1, 0.4, 0.1)
            gains = (chance.normal(0, spread) - worse).clip(-1, 1).tolist()
            rule = rule.after(gains, tolerance=LOSS_MARGIN)
            yield rule.finding(alpha=ALPHA, tolerance=LOSS_MARGIN)

    return first(looks())


def first(looks: Iterable[Finding | None]) -> Found:
    """The number of the first look after which something is rolled back."""
    return next((i for i, finding in enumerate(looks, 1) if finding and finding.acts), None)
