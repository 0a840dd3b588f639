"""Real data with all defaults, period by period: does what should go live go live? The table of GATE.md.

`python -m benchmarks.gate.played.year FOLDER [WORLD] [METRIC]`. Each period's candidate is trained by the
recipe, judged by every check as it is out of the box, and promoted by the gate. Hindsight is the period
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
from benchmarks.gate.played.stage import program


@dataclass(frozen=True, kw_only=True)
class Played:
    """One period: what the gate did, and each policy's value of the metric in the period after."""

    period: str
    decision: str
    reason: str
    gain: float  # of the candidate over what was live, in the period after; NaN without
    after: dict[str, float]  # the value of what would be live: gate, always, never, and the best ever trained
    regret: dict[str, float]  # of what would be live and the candidate, how much worse the chosen one is


def play(world: worlds.World, metric: str) -> list[Played]:
    """Register the world's model, and live through its periods."""
    from predictions.models import ModelVersion
    from predictions.models.promotion import live_version
    from predictions.registry.datasets import Tables
    from scheduling.judging.judge import judge
    from scheduling.training.training import train_candidate

    model, played, candidates = registered(world, metric), [], list[ModelVersion]()
    for period in world.periods:
        for role, frame in (("training", period.training), ("evaluation", period.evaluation)):
            add_data(model, role, frame[world.columns])
        run, tables, before = running(model), Tables(), live_version(model)
        candidates.append(train_candidate(model, run=run.pk, tables=tables))
        judge(run, candidates[-1], tables)
        run.refresh_from_db()
        values = {one.pk: value_of(one, period.after, metric) for one in candidates}
        live, sign = live_version(model), 1 if metric_of(metric).greater_is_better else -1
        new = sign * values[candidates[-1].pk]
        older = candidates[-2:][0]
        paths = {"gate": (before, live), "always": (older, candidates[-1]), "never": (candidates[0],) * 2}
        after = {who: sign * values[now.pk] if now else np.nan for who, (_, now) in paths.items()}
        regret = {
            who: max(new, sign * values[was.pk]) - after[who] if was else 0.0
            for who, (was, _) in paths.items()
        }
        after["best"] = max(sign * value for value in values.values())
        gain = new - sign * values[before.pk] if before else np.nan
        columns: Any = {"decision": run.decision, "reason": run.reason}
        played.append(Played(period=period.name, gain=gain, after=after, regret=regret, **columns))
        print(f"{period.name} {run.decision} (hindsight {gain:+.4f}): {run.reason}", flush=True)
    return played


def registered(world: worlds.World, metric: str) -> Any:
    """Return the model with its signature and recipe; the policy is the default but for another metric."""
    from predictions.models import Feature, RegisteredModel, Signature
    from scheduling.models import GatePolicy, Recipe

    model = RegisteredModel.objects.create(name=world.name, title=world.name, public=True, is_default=True)
    signature = Signature.objects.create(
        registered_model=model, number=1, task=world.task, output_name=world.output, labels=list(world.labels)
    )
    example = world.periods[0].training
    for position, name in enumerate([*world.texts, *world.numbers]):
        kind = "text" if name in world.texts else "float"
        shown = example[name].dropna().iloc[0]
        Feature.objects.create(
            signature=signature,
            position=position,
            name=name,
            kind=kind,
            required=not example[name].isna().any() and world.name != "flights",
            example=str(shown) if kind == "text" else float(shown),
        )
    estimator, parameters = world.recipe
    Recipe.objects.create(
        registered_model=model, estimator=estimator, parameters=parameters, name_template="run{run}"
    )
    policy = GatePolicy.objects.of(model)
    if metric != policy.primary_metric:
        policy.primary_metric = metric
        policy.save()
    return model


def add_data(model: Any, role: str, frame: pd.DataFrame) -> None:
    """Register it as the newest dataset of its role."""
    from predictions.registry import datasets

    datasets.register(registered_model=model, role=role, content=frame.to_csv(index=False).encode())


def running(model: Any) -> Any:
    """Return a run that a scheduler would have started."""
    from django.utils import timezone

    from scheduling.models import Run

    columns: Any = {"trigger": Run.Trigger.MANUAL, "status": Run.Status.RUNNING, "epoch": 1}
    return Run.objects.create(task="retrain", registered_model=model, started_at=timezone.now(), **columns)


def metric_of(name: str) -> Any:
    """Return the metric."""
    from scheduling.statistics.metrics.table import METRICS

    return METRICS[name]


def value_of(version: Any, frame: pd.DataFrame, metric: str) -> float:
    """Return the metric of a version's answers to rows that it has not seen."""
    from predictions.registry import loading
    from scheduling.statistics.metrics.scored import Options, scored

    spec = version.signature.spec()
    table = frame[[feature.name for feature in spec.features]].copy()
    table[spec.output_name] = frame[spec.output_name]
    table = spec.answerable(table)
    answers = loading.load(version).predict(spec.rows_of(table))
    return float(
        metric_of(metric).value(scored(table[spec.output_name].tolist(), answers, spec.labels), Options())
    )


def told(world: worlds.World, metric: str, played: list[Played]) -> None:
    """Print the line of the table: decisions, how many were right, and the mean regret of each policy."""
    judged = [one for one in played if not np.isnan(one.gain)]
    by = ("gate", "always", "never")
    regrets = [np.mean([one.regret[who] for one in judged]) for who in by]
    regrets += [np.nanmean([one.after["best"] - one.after[who] for one in judged]) for who in by]
    promoted = sum(one.decision == "promoted" for one in judged)
    right = sum((one.decision == "promoted") == (one.gain > 0) for one in judged)
    print(
        f"| {world.name}, {metric} | {played[0].decision} | {promoted} of {len(judged)} | {right} | "
        + " | ".join(f"{regret:.4f}" for regret in regrets)
        + " |",
        flush=True,
    )


def main(folder: Path, *chosen: str) -> None:
    """Play each world; the arguments may choose one world and another metric."""
    with program():
        for world in worlds.worlds(folder):
            if chosen and world.name != chosen[0]:
                continue
            default = "rmse" if world.task == "regression" else "f1_macro"
            metric = chosen[1] if chosen[1:] else default
            told(world, metric, play(world, metric))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
