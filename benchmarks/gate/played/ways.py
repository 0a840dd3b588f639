"""How a period's candidate comes to be and is judged: by a recipe, or by refitting what was brought."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.gate.played.bringing import bring, manage
from benchmarks.gate.played.worlds import Period, World

Way = Callable[[Period], Any]  # returns the run of a period, with its candidate and decision


def by_recipe(world: World, metric: str) -> Way:
    """Register the model by its contract; each period's run trains by the world's recipe."""
    from predictions.registry.datasets import Tables
    from scheduling.judging.judge import judge
    from scheduling.training.training import train_candidate

    model = registered(world)
    prefer(model, metric)

    def run_of(period: Period) -> Any:
        for role, frame in (("training", period.training), ("evaluation", period.evaluation)):
            add_data(model, role, frame[world.columns])
        run, tables = running(model), Tables()
        candidate = train_candidate(model, run=run.pk, tables=tables)
        judge(run, candidate, tables)
        run.refresh_from_db()
        return run

    return run_of


def by_refit(world: World, metric: str) -> Way:
    """Bring a fitted pipeline in the first period, and only data after that; each by its command."""

    def run_of(period: Period) -> Any:
        from predictions.models import RegisteredModel
        from scheduling.models import Run

        with tempfile.TemporaryDirectory() as folder:
            files = {"training": period.training, "evaluation": period.evaluation}
            paths = {role: Path(folder) / f"{role}.csv" for role in files}
            for role, path in paths.items():
                files[role][world.columns].to_csv(path, index=False)
            model = RegisteredModel.objects.filter(name=world.name).first()
            if model is None:
                bring(world, period.training, paths)
                model = RegisteredModel.objects.get(name=world.name)
                prefer(model, metric)
                return Run.objects.get(registered_model=model)
            for role, path in paths.items():
                manage("register_dataset", world.name, str(path), role=role, json=True)
        told = json.loads(manage("retrain", world.name, json=True))
        return Run.objects.get(pk=told["run"])

    return run_of


WAYS = {"recipe": by_recipe, "refit": by_refit}


def registered(world: World) -> Any:
    """Return the model with its signature and recipe; the policy is the default."""
    from predictions.models import Feature, RegisteredModel, Signature
    from scheduling.models import Recipe

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
    return model


def prefer(model: Any, metric: str) -> None:
    """Write the metric into the policy, where it is not the default."""
    from scheduling.models import GatePolicy

    policy = GatePolicy.objects.of(model)
    if metric != policy.primary_metric:
        policy.primary_metric = metric
        policy.save()


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
