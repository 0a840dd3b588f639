"""Does the watch after a flip hold its error rate? Simulated days, with and without something wrong.

`python -m benchmarks.gate_watch [days]` prints the tables of docs/watch.md. A day is 288 blocks of five
minutes, looked at after each; before the flip there was a day like it, or an hour.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable

import numpy as np

from scheduling.statistics.watching import Bets, log_sign_evidence, rate_is_breached, upper_bound
from scheduling.watch.rules import ErrorRule, ValueRule
from scheduling.watch.rules.base import RULES

ALPHA = 0.05
SHARE = ALPHA / RULES
BLOCKS, HOUR, MINUTES = 288, 12, 5
REQUESTS, LABELLED = 50, 10  # of a block
TOLERANCE, MIX_TOLERANCE, LOSS_MARGIN, ERROR_TOLERANCE = 1.25, 0.10, 0.01, 0.02
Chance = np.random.Generator
Found = int | None  # the block after which the rule was breached


def failures(
    chance: Chance, blocks: int, *, rate: float, bursts: float = 0.0, requests: int = REQUESTS
) -> list[tuple[int, int]]:
    """(failed, all) of each block: traffic swings between half and one and a half, outages fail 30 %."""
    at = np.arange(blocks)
    asked = chance.poisson(requests * (1 + 0.5 * np.sin(2 * np.pi * at / BLOCKS)))
    rates = np.where(chance.random(blocks) < bursts, 0.3, rate)
    return list(zip(chance.binomial(asked, rates).tolist(), asked.tolist(), strict=True))


def errors(
    chance: Chance, *, before: int, rate: float, bursts: float = 0.0, worse: float = 0.0, less: int = 1
) -> Found:
    """The rate is so much worse after the flip; the traffic may be that many times less."""
    rule = ErrorRule.against(
        failures(chance, before, rate=rate, bursts=bursts), tolerance=ERROR_TOLERANCE, alpha=ALPHA
    )

    def block(counted: tuple[int, int]) -> bool:
        nonlocal rule
        rule = rule.after(counted)
        return bool(rule.breach(alpha=ALPHA))

    then = failures(chance, BLOCKS, rate=rate + worse, bursts=bursts, requests=REQUESTS // less)
    return first(block(counted) for counted in then)


def latencies(chance: Chance, blocks: int, *, bursts: float, factor: float = 1.0) -> np.ndarray:
    """Microseconds, (blocks, REQUESTS): log-normal, each block like the one before, and slow blocks."""
    load = np.zeros(blocks)
    for i in range(1, blocks):
        load[i] = 0.8 * load[i - 1] + chance.normal(0, 0.05)
    slow = np.where(chance.random(blocks) < bursts, 5.0, 1.0)
    drawn = chance.lognormal(math.log(400), 0.3, (blocks, REQUESTS))
    return drawn * (np.exp(load) * slow)[:, None] * factor


def latency(chance: Chance, *, before: int, bursts: float, factor: float = 1.0) -> Found:
    """A block is bad whose 95th percentile is so many times that of all requests before."""
    then = latencies(chance, before, bursts=bursts)
    limit = TOLERANCE * np.quantile(then, 0.95)
    bound = upper_bound(int(bad_blocks(then, limit).sum()), before, SHARE / 2)
    bad = np.cumsum(bad_blocks(latencies(chance, BLOCKS, bursts=bursts, factor=factor), limit))
    return first(rate_is_breached(int(n), i + 1, bound, SHARE) for i, n in enumerate(bad))


def bad_blocks(requests: np.ndarray, limit: float) -> np.ndarray:
    """Which blocks are bad."""
    return np.quantile(requests, 0.95, axis=1) > limit


def mix(chance: Chance, *, swing: float, moved: float = 0.0) -> Found:
    """Two labels, whose shares swing over the day; 8 % of the answers differ, and more are moved."""
    gained, lost, asked = {"a": 0, "b": 0}, {"a": 0, "b": 0}, 0

    def block(i: int) -> bool:
        nonlocal asked
        share = 0.5 * (1 + swing * math.sin(2 * math.pi * i / BLOCKS))
        old = chance.random(REQUESTS) < share
        fair = old ^ (chance.random(REQUESTS) < 0.08) & (
            chance.random(REQUESTS) < np.where(old, 1 - share, share)
        )
        new = fair | (chance.random(REQUESTS) < moved)
        up, down = int((new & ~old).sum()), int((old & ~new).sum())
        for label, more, less in (("a", up, down), ("b", down, up)):
            gained[label] += more
            lost[label] += less
        asked += REQUESTS
        large = abs(gained["a"] - lost["a"]) / asked >= MIX_TOLERANCE
        return large and log_sign_evidence(gained, lost) >= math.log(1 / SHARE)

    return first(block(i) for i in range(BLOCKS))


def values(
    chance: Chance, *, spread: float = 0.1, seen: int = 100, shift: float = 0.0, flat: bool = False
) -> Found:
    """Values that swing over the day, most within half the scale; the new version's differ by chance.

    What is expected was seen on some evaluation rows. Something wrong: a shift, or the same answer to all.
    """

    def answers(rows: int, at: float, *, shift: float = 0.0, flat: bool = False) -> list[tuple[float, float]]:
        old = chance.normal(0.1 * math.sin(at), 0.3, rows)
        new = np.zeros(rows) if flat else old + spread * chance.standard_t(4, rows) + shift
        return list(zip(new.tolist(), old.tolist(), strict=True))

    rule = ValueRule.expecting(answers(seen, 0.0), scale=1.0)

    def block(i: int) -> bool:
        nonlocal rule
        more = answers(REQUESTS, 2 * math.pi * i / BLOCKS, shift=shift, flat=flat)
        rule = rule.after(more, tolerance=MIX_TOLERANCE)
        return bool(rule.breach(alpha=ALPHA, tolerance=MIX_TOLERANCE))

    return first(block(i) for i in range(BLOCKS))


def loss(chance: Chance, *, worse: float = 0.0) -> Found:
    """Labels as they arrive: differences of Brier losses, mostly small, now and then large."""
    bets = Bets()

    def block() -> bool:
        nonlocal bets
        spread = np.where(chance.random(LABELLED) < 0.1, 0.4, 0.1)
        bets = bets.after((chance.normal(0, spread) - worse).clip(-1, 1).tolist(), margin=LOSS_MARGIN)
        return bets.log_wealth >= math.log(1 / SHARE)

    return first(block() for _ in range(BLOCKS))


def first(looks: Iterable[bool]) -> Found:
    """The number of the first look that finds something."""
    return next((i for i, found in enumerate(looks, 1) if found), None)


DAYS_WITHOUT: dict[str, tuple[Callable[[Chance], Found], ...]] = {
    "quiet": (
        lambda c: errors(c, before=BLOCKS, rate=0.001),
        lambda c: latency(c, before=BLOCKS, bursts=0),
        lambda c: mix(c, swing=0),
        lambda c: values(c),
        lambda c: loss(c),
    ),
    "slow blocks 2 %, swing 60 %": (
        lambda c: errors(c, before=BLOCKS, rate=0.01, bursts=0.02),
        lambda c: latency(c, before=BLOCKS, bursts=0.02),
        lambda c: mix(c, swing=0.6),
        lambda c: values(c, shift=MIX_TOLERANCE),
        lambda c: loss(c, worse=LOSS_MARGIN),
    ),
    "slow blocks 10 %, an hour before": (
        lambda c: errors(c, before=HOUR, rate=0.02, bursts=0.10, less=5),
        lambda c: latency(c, before=HOUR, bursts=0.10),
        lambda c: mix(c, swing=0.3, moved=0.05),
        lambda c: values(c, spread=0.3, seen=30, shift=-MIX_TOLERANCE / 2),
        lambda c: loss(c, worse=LOSS_MARGIN / 2),
    ),
}
FAULTS: dict[str, Callable[[Chance], Found]] = {
    "every request fails": lambda c: errors(c, before=BLOCKS, rate=0.001, worse=0.999),
    "10 % fail": lambda c: errors(c, before=BLOCKS, rate=0.001, worse=0.1),
    "5 % fail": lambda c: errors(c, before=BLOCKS, rate=0.001, worse=0.05),
    "10 % fail, an hour before only": lambda c: errors(c, before=HOUR, rate=0.001, worse=0.1),
    "latency x 1.5": lambda c: latency(c, before=BLOCKS, bursts=0.02, factor=1.5),
    "latency x 2": lambda c: latency(c, before=BLOCKS, bursts=0.02, factor=2),
    "latency x 2, an hour before": lambda c: latency(c, before=HOUR, bursts=0.02, factor=2),
    "15 % of the answers moved to one label": lambda c: mix(c, swing=0.3, moved=0.3),
    "40 % moved": lambda c: mix(c, swing=0.3, moved=0.8),
    "values .15 of the scale higher": lambda c: values(c, shift=0.15),
    "values .3 lower": lambda c: values(c, shift=-0.3),
    "one answer to all": lambda c: values(c, flat=True),
    "loss +.03 a row": lambda c: loss(c, worse=0.03),
    "loss +.1 a row": lambda c: loss(c, worse=0.1),
}


def main() -> None:
    """Print both tables; the first argument is the number of days."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"| {days} days, false rollbacks | errors | latency | mix | values | labels | any |")
    for name, rules in DAYS_WITHOUT.items():
        chance = np.random.default_rng(11)
        found = np.array([[rule(chance) is not None for rule in rules] for _ in range(days)])
        shares = [*found.mean(axis=0), found.any(axis=1).mean()]
        print(f"| {name} | {' | '.join(f'{share:.3f}' for share in shares)} |", flush=True)
    print("| what went wrong | found in a day | median minutes |")
    for name, rule in FAULTS.items():
        chance = np.random.default_rng(12)
        at = [rule(chance) for _ in range(days // 5)]
        blocks = [block for block in at if block is not None]
        delay = f"{np.median(blocks) * MINUTES:.0f}" if blocks else "–"
        print(f"| {name} | {len(blocks) / len(at):.2f} | {delay} |", flush=True)


if __name__ == "__main__":
    main()
