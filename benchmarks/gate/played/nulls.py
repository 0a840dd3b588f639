"""Two equal models on real data with time: how often one is called better or worse, or blocked for a slice.

`python -m benchmarks.gate.played.nulls FOLDER` prints the table of benchmarks/GATE.md. Both models of a pair
are the world's recipe, fitted on random halves of the same window and judged both ways on its newest rows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

import benchmarks.gate.django_ready  # noqa: F401, first
from benchmarks.gate.played import worlds
from predictions.contract.answers import Answers
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.checks.comparison.slices import Slices
from scheduling.evidence.groupings import groupings_of
from scheduling.evidence.outcomes import Level
from scheduling.evidence.provenance import Policy
from scheduling.statistics.comparison.dependence import find_dependence
from scheduling.statistics.comparison.gain import gain_interval, gains_of_rows
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored, scored
from scheduling.statistics.metrics.table import METRICS, Metric
from scheduling.training.by_recipe import build
from scheduling.training.preprocessing import with_preprocessing

PAIRS, MOST_ROWS = 4, 5000
METRICS_OF = {"classification": ("f1_macro", "log_loss"), "regression": ("rmse", "mae")}
LEVELS = (0.05, 0.0219)  # on each side; the second is that of the first use of an evaluation set


@dataclass(frozen=True, kw_only=True)
class Equals:
    """Two models of one recipe, their answers to the newest rows, and by what rows may belong together."""

    spec: SignatureSpec
    judged: pd.DataFrame
    scored: tuple[Scored, Scored]
    groupings: dict[str, np.ndarray]

    def turned(self) -> Iterator[tuple[Scored, Scored]]:
        """Yield champion and candidate, both ways."""
        yield self.scored
        yield self.scored[1], self.scored[0]


def spec_of(world: worlds.World) -> SignatureSpec:
    """Return the signature of a world."""
    numbers = [FeatureSpec(name=n, kind=Kind.FLOAT, required=False, example=1.0) for n in world.numbers]
    texts = [FeatureSpec(name=n, kind=Kind.TEXT, required=False, example="a") for n in world.texts]
    columns: Any = {"task": world.task, "output_name": world.output, "labels": world.labels}
    return SignatureSpec(features=(*texts, *numbers), **columns)


def equals(world: worlds.World, chance: np.random.Generator) -> Iterator[Equals]:
    """Yield the pairs of each period."""
    spec, (estimator, values) = spec_of(world), world.recipe
    names = [feature.name for feature in spec.features]
    for period in [period for period in world.periods for _ in range(PAIRS)]:
        judged, said = period.evaluation.reset_index(drop=True), []
        for half in np.array_split(chance.permutation(len(period.training)), 2):
            parameters = {name: options[0] for name, options in values.items()}
            rows = period.training.iloc[half[:MOST_ROWS]]
            built = build(estimator, parameters, seed=int(chance.integers(2**31)))
            model = with_preprocessing(built, spec, rows)
            model.fit(rows[names], rows[world.output])
            shares = model.predict_proba(judged[names]) if spec.labels else None
            answers = Answers(model.predict(judged[names]).tolist(), shares)
            said.append(scored(judged[world.output].tolist(), answers, spec.labels))
        columns = judged[world.columns]
        cells = columns.astype(str).where(columns.notna())
        yield Equals(spec=spec, judged=judged, scored=(said[0], said[1]), groupings=groupings_of(cells, spec))


def _called(metric: Metric, pair: Pair, alpha: float) -> bool:
    """Whether one of the two is called better; not where the gate says that it cannot compare them."""
    try:
        interval = gain_interval(metric, pair, options=Options(), alpha=alpha)
    except MetricUndefined:
        return False
    return interval.low > 0 or interval.high < 0


def compared(equal: Equals, name: str) -> Iterator[tuple[bool, bool, float]]:
    """Yield for each level: called by rows, called by the groups that are found, and the design effect."""
    metric, options = METRICS[name], Options()
    pair = Pair(champion=equal.scored[0], candidate=equal.scored[1])
    found = find_dependence(gains_of_rows(metric, pair, options), equal.groupings)
    grouped = Pair(champion=pair.champion, candidate=pair.candidate, groups=found.groups if found else None)
    for alpha in LEVELS:
        by = [_called(metric, one, alpha) for one in (pair, grouped)]
        yield by[0], by[1], found.effect if found else 1.0


def blocked(equal: Equals, name: str, least_harm: float) -> list[bool]:
    """Return whether the check of slices fails, both ways; the policy has no margin."""
    metric, check, options, failed = METRICS[name], Slices(least_harm=least_harm), Options(), []
    for champion, candidate in equal.turned():
        pair = Pair(champion=champion, candidate=candidate)
        found = find_dependence(gains_of_rows(metric, pair, options), equal.groupings)
        evidence: Any = SimpleNamespace(
            spec=equal.spec,
            judged=equal.judged,
            champion=SimpleNamespace(pk=1),
            candidate=SimpleNamespace(pk=2),
            not_comparable="",
            policy=Policy(primary_metric=name),
            scored={"champion": champion, "candidate": candidate},
            options=options,
            groupings=equal.groupings,
            groups=found.groups if found else None,
            slices={},
            redacted=frozenset(),
        )
        failed.append(check.run(evidence).level is Level.FAIL)
    return failed


def main(folder: Path) -> None:
    """Print one line for each world and metric."""
    chance, small, usual = np.random.default_rng(0), *LEVELS
    print(
        f"| world, metric | pairs | by row, {small} | by group | by row, {usual} | by group | design effect ",
        end="",
    )
    print("| blocked for a slice, any loss | with the least harm |\n|---|---|---|---|---|---|---|---|---|")
    for world in worlds.worlds(folder):
        pairs = list(equals(world, chance))
        for name in METRICS_OF[world.task]:
            found = [list(compared(pair, name)) for pair in pairs]
            cells = [np.mean([one[i][j] for one in found]) for i in (0, 1) for j in (0, 1)]
            effect = np.median([one[0][2] for one in found])
            harms = [np.mean([blocked(pair, name, harm) for pair in pairs]) for harm in (0.0, 0.01)]
            shown = " | ".join(f"{cell:.3f}" for cell in cells)
            said = f"| {world.name}, {name} | {len(pairs)} | {shown} | {effect:.1f} "
            print(f"{said}| {harms[0]:.3f} | {harms[1]:.3f} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
