"""How often is another gate policy advised, and rightly? A table of benchmarks/GATE.md.

`python -m benchmarks.gate.policies [trials]`. Made-up pasts: a regression's absolute errors on 300 rows in
each period, about 0.4, that all versions share but for a noise of their own.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
import pandas as pd

import benchmarks.gate.django_ready  # noqa: F401, first
from predictions.contract.answers import Answers
from scheduling.evidence.provenance import Policy
from scheduling.simulation.advice import Ranking, advise
from scheduling.simulation.past import Past, Rows
from scheduling.simulation.playing import play
from scheduling.simulation.policies import AMOUNTS, contenders_of
from scheduling.simulation.summary import regrets_of
from scheduling.tests.simulation.past_factory import spec_of

ROWS = 300
PERIODS = (7, 9, 14, 26)
LUCK = 0.03  # standard deviation of what a version's mean error differs by, for good
STALE = 0.015  # that a version's mean error rises by in each period
TODAY = {
    "better": Policy(primary_metric="mae", promote_when="better"),
    "unless worse": Policy(primary_metric="mae", promote_when="unless_worse", margin=0.01),
}
WORLDS = {
    "all versions are equally good": {"luck": 0.0, "stale": 0.0},
    "versions differ by luck": {"luck": LUCK, "stale": 0.0},
    "and become outdated": {"luck": LUCK, "stale": STALE},
}


def made_up(seed: int, periods: int, policy: Policy, *, luck: float, stale: float) -> Past:
    """A past with so many periods."""
    chance = np.random.default_rng(seed)
    own = chance.normal(0, luck, periods)
    shared = np.abs(chance.normal(size=(periods, ROWS)))
    frame = pd.DataFrame({"x": np.zeros(ROWS), "y": np.zeros(ROWS)})

    def answers(version: int, period: int) -> Answers:
        noise = np.random.default_rng((seed, version, period)).normal(size=ROWS)
        level = 0.5 + own[version] + stale * (period - version)
        return Answers((level * shared[period] * (1 + 0.3 * noise)).tolist())

    rows = Rows(frame=frame)
    return Past(policy=policy, spec=spec_of(), periods=periods, rows=lambda period: rows, answers=answers)


def advised(trials: int, periods: int, policy: Policy, **world: float) -> str:
    """How often another policy is advised, and how often the past is too short."""
    kinds: Counter[str] = Counter()
    for seed in range(trials):
        past = made_up(seed, periods, policy, **world)
        contenders = contenders_of(policy, AMOUNTS)
        paths, _ = play(past, contenders)
        _, regrets = regrets_of(paths, sign=-1)
        advice, _ = advise(Ranking(contenders, regrets), "mae", periods=periods)
        kinds[advice.kind] += 1
    return f"{kinds['change'] / trials:.3f}, {kinds['too_short'] / trials:.2f}"


def main() -> None:
    """Print the table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"| change, too short | today | {' | '.join(f'{n} periods' for n in PERIODS)} |")
    print("|---|---|" + "---|" * len(PERIODS))
    for name, world in WORLDS.items():
        for words, policy in TODAY.items():
            cells = [advised(trials, periods, policy, **world) for periods in PERIODS]
            print(f"| {name} | {words} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
