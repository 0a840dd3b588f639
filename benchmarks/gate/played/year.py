"""Real data with all defaults, period by period: does what should go live go live? The table of GATE.md.

`python -m benchmarks.gate.played.year FOLDER recipe|refit [WORLD] [METRIC]`. Each period's candidate is made
in that way, judged by every check as it is out of the box, and promoted by the gate. Hindsight is the period
after.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.gate.played import worlds
from benchmarks.gate.played.paired import Paired, answers_of
from benchmarks.gate.played.stage import program
from benchmarks.gate.played.ways import WAYS

WHO = ("gate", "paired", "always", "never")


@dataclass(frozen=True, kw_only=True)
class Played:
    """One period: what the gate did, and what came of each policy in the period after.

    Each policy has its own champion. `gain` is that of the candidate over it, NaN in the first period;
    `promoted` is whether it flipped; `regret` how much worse its version is than the better of the two.
    """

    period: str
    decision: str
    reason: str
    gain: dict[str, float]
    promoted: dict[str, bool]
    regret: dict[str, float]

    @classmethod
    def of(cls, period: str, run: Any, paths: dict[str, Any], values: dict[int, float]) -> Played:
        """`paths` are what was live before and after by policy, `values` are by version; larger is better."""
        new = values[run.candidate.pk]
        was = {who: values[one.pk] if one else np.nan for who, (one, _) in paths.items()}
        now = {who: values[one.pk] if one else np.nan for who, (_, one) in paths.items()}
        return cls(
            period=period,
            decision=run.decision,
            reason=run.reason,
            gain={who: new - was[who] for who in paths},
            promoted={who: one == run.candidate for who, (_, one) in paths.items()},
            regret={who: np.fmax(new, was[who]) - now[who] for who in paths},
        )

    @property
    def is_first(self) -> bool:
        return bool(np.isnan(self.gain["gate"]))

    def is_right(self, who: str) -> bool:
        """Whether the policy flipped where that was better in the period after, and only there."""
        return self.promoted[who] == (self.gain[who] > 0)

    def __str__(self) -> str:
        flipped = "promoted" if self.promoted["paired"] else "kept"
        hindsight = f"hindsight {self.gain['gate']:+.4f}, paired: {flipped} at {self.gain['paired']:+.4f}"
        return f"{self.period} {self.decision} ({hindsight}): {self.reason}"


def play(world: worlds.World, metric: str, way: str) -> list[Played]:
    """Live through the world's periods; the candidates come by a recipe, or by refitting what was brought."""
    from predictions.models import ModelVersion
    from predictions.models.promotion import live_version

    run_of, sign = WAYS[way](world, metric), 1 if metric_of(metric).greater_is_better else -1
    played, candidates, live, paired = list[Played](), list[ModelVersion](), None, Paired(world, metric)
    for period in world.periods:
        run, before = run_of(period), live
        candidates.append(run.candidate)
        live = live_version(run.registered_model)
        values = {one.pk: sign * value_of(one, period.after, metric) for one in candidates}
        paths = {
            "gate": (before, live),
            "paired": paired.decide(run.candidate, period.evaluation),
            "always": (candidates[-2:][0], run.candidate),
            "never": (candidates[0], candidates[0]),
        }
        played.append(Played.of(period.name, run, paths, values))
        print(played[-1], flush=True)
    return played


def metric_of(name: str) -> Any:
    """Return the metric."""
    from scheduling.statistics.metrics.table import METRICS

    return METRICS[name]


def value_of(version: Any, frame: pd.DataFrame, metric: str) -> float:
    """Return the metric of a version's answers to rows that it has not seen."""
    from scheduling.statistics.metrics.scored import Options, scored

    truth, answers = answers_of(version, frame)
    return float(
        metric_of(metric).value(scored(truth.tolist(), answers, version.signature.spec().labels), Options())
    )


def told(world: worlds.World, metric: str, way: str, played: list[Played]) -> None:
    """Print the line of the table: decisions, how many were right, and the mean regret of each policy."""
    judged = [one for one in played if not one.is_first]
    promoted = sum(one.promoted["gate"] for one in judged)
    cells = [f"{world.name}, {metric}, {way}", played[0].decision, f"{promoted} of {len(judged)}"]
    cells += [str(sum(one.is_right(who) for one in judged)) for who in WHO if who != "never"]
    cells += [f"{np.mean([one.regret[who] for one in judged]):.4f}" for who in WHO]
    print(f"| {' | '.join(cells)} |", flush=True)


def main(folder: Path, way: str, *chosen: str) -> None:
    """Play each world; the arguments may choose one world and another metric."""
    with program():
        for world in worlds.worlds(folder):
            if chosen and world.name != chosen[0]:
                continue
            default = "rmse" if world.task == "regression" else "f1_macro"
            metric = chosen[1] if chosen[1:] else default
            told(world, metric, way, play(world, metric, way))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
