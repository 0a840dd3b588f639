"""What one `retrain` costs in processor seconds, by stage, beside the two `predict` calls it judges by.

`python -m benchmarks.gate.judging 300000` plays a whole run in a temporary database: a forest of 50 trees
with one-hot texts is fitted on so many rows and judged on as many, against a champion of the same kind,
behind a real server. The last line is the factor: all that is not the fit, over `predict_proba` of both
scikit-learn models on the evaluation rows, called once each.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import io
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

TREES = 50
TEXTS = {"carrier": 16, "origin": 3, "destination": 105, "weekday": 7, "manufacturer": 35}
NUMBERS = (
    "hour", "minute", "distance", "built", "seats", "temperature", "dew", "humidity", "wind", "rain", "sight",
)  # fmt: skip
WITH_GAPS = ("built", "seats", "temperature", "manufacturer")
STAGES = {  # what is measured by itself, innermost first
    "fit": "scheduling.training.fitting:fit",
    "read and prove files": "predictions.registry.datasets:_cells_of",
    "numbers out of text": "predictions.tables.typed:typed_frame",
    "convert to ONNX": "predictions.registry.converting.conversion:_converted",
    "scikit-learn's answers": "predictions.registry.sklearn_answers:answers_of",
    "answers of the served forms": "predictions.registry.loading:LoadedVersion.predict_frame",
    "load a served form": "predictions.registry.loading:open_session",
    "rows as Python values": "predictions.contract.signature:SignatureSpec.rows_of",
    "groups of rows": "scheduling.evidence.groupings:groupings_of",
    "hashes of rows": "scheduling.evidence.samples:hash_rows",
    "importance": "scheduling.judging.importance:importance_by_feature",
    "rehearsal": "scheduling.rehearsal.session:rehearse",
    "gathering, the rest": "scheduling.judging.gathering:gather",
    "evidence page": "scheduling.evidence_page.exhibits:keep_exhibits",
}


def processor_seconds() -> float:
    """Of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Stages:
    """Processor seconds by stage; a stage inside another does not count in the outer one."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def measured(self, name: str | Callable[..., str], work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def timed(*arguments: Any, **named: Any) -> Any:
            started = processor_seconds()
            self._inner.append(0.0)
            try:
                return work(*arguments, **named)
            finally:
                whole = processor_seconds() - started
                of_stage = name if isinstance(name, str) else name(*arguments)
                self.spent[of_stage] += whole - self._inner.pop()
                self._inner[-1] += whole

        return timed

    def watch(self) -> None:
        """Replace each function wherever it was imported."""
        judge: Any = importlib.import_module("scheduling.judging.judge")
        for name, place in STAGES.items():
            module, _, path = place.partition(":")
            *outer, last = path.split(".")
            holder = functools.reduce(getattr, outer, sys.modules[module])
            _replace(holder, last, self.measured(name, getattr(holder, last)))
        judge.ask = self.measured(lambda asked, evidence: f"check {asked.check.id}", judge.ask)


def _replace(holder: Any, name: str, instead: Any) -> None:
    before = getattr(holder, name)
    ours = [m for key, m in sys.modules.items() if key.startswith(("scheduling.", "predictions."))]
    for place in [holder, *ours]:
        if vars(place).get(name) is before:
            setattr(place, name, instead)


def rows(count: int, *, seed: int) -> pd.DataFrame:
    """Texts and numbers with gaps, and whether the flight was late; most of it is chance."""
    chance = np.random.default_rng(seed)
    table: dict[str, Any] = {}
    score = np.zeros(count)
    for name, kinds in TEXTS.items():
        share = 1 / np.arange(1, kinds + 1)
        picked = chance.choice(kinds, count, p=share / share.sum())
        table[name] = np.array([f"{name} {kind}" for kind in range(kinds)], dtype=object)[picked]
        score += np.random.default_rng(kinds).normal(scale=0.4, size=kinds)[picked]
    for place, name in enumerate(NUMBERS):
        table[name] = chance.normal(size=count).round(3 if place % 2 else 1)
        score += table[name] * (0.3 if place < 4 else 0.05)
    frame = pd.DataFrame(table)
    for name in WITH_GAPS:
        frame.loc[chance.random(count) < 0.05, name] = None
    frame["late"] = (score + chance.logistic(size=count) > 1).astype(int)
    return frame


def prepare(count: int, *, leaf: int, training_rows: int, champion_rows: int) -> Any:
    """Register the model with its data, its rules, and a live version; return it."""
    from predictions.models import Feature, RegisteredModel, Signature
    from predictions.registry import datasets
    from predictions.registry.promotion import Approval, promote
    from scheduling.models import CheckLimit, GatePolicy, Recipe
    from scheduling.training.training import train_candidate

    model = RegisteredModel.objects.create(name="flights", title="Late flights", public=True)
    signature = Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name="late", labels=[0, 1]
    )

    def register(role: str, frame: pd.DataFrame) -> None:
        content = frame.to_csv(index=False).encode()
        datasets.register(registered_model=model, role=role, content=content)

    for position, name in enumerate([*TEXTS, *NUMBERS]):
        kind, example = ("text", f"{name} 0") if name in TEXTS else ("float", 0.5)
        columns = {"name": name, "kind": kind, "example": example, "required": name not in WITH_GAPS}
        Feature.objects.create(signature=signature, position=position, **columns)
    training, evaluation = rows(training_rows, seed=0), rows(count, seed=1)
    register("training", training.head(champion_rows))
    register("evaluation", evaluation)
    GatePolicy.objects.create(registered_model=model, primary_metric="log_loss", promote_when="not_worse")
    CheckLimit.objects.create(registered_model=model, check_id="api_health", enabled=False)
    parameters = {"n_estimators": [TREES], "min_samples_leaf": [leaf]}
    forest = {"estimator": "RandomForestClassifier", "parameters": parameters}
    Recipe.objects.create(registered_model=model, name_template="rf-{run}", **forest)
    first = train_candidate(model, run=10**6, tables=datasets.Tables())
    promote(version=first, replacing=None, approval=Approval(by="a benchmark", reason="first"))
    register("training", training)
    return model


def two_predicts(run: Any) -> float:
    """The processor seconds of `predict_proba` of both versions, once each."""
    import joblib

    from predictions.registry import artefacts
    from predictions.registry.datasets import read_frame

    spec, spent = run.candidate.signature.spec(), 0.0
    features = read_frame(run.evaluation_dataset, spec)[list(spec.names)]
    for version in (run.candidate, run.champion):
        content = artefacts.read(version.artefact, sha256=version.artefact_sha256)
        estimator = joblib.load(io.BytesIO(content))
        started = processor_seconds()
        estimator.predict_proba(features)
        spent += processor_seconds() - started
    return spent


def play(count: int, **how: int) -> None:
    """One run from its claim to its end, and the table."""
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    model = prepare(count, **how)
    from scheduling.models import Run
    from scheduling.tasks import TASKS

    run = Run.objects.create(
        task="retrain", registered_model=model, trigger="manual", status="running", epoch=1,
        started_at=timezone.now(),
    )  # fmt: skip
    work, stages = TASKS[run.task], Stages()
    stages.watch()
    started, clock = processor_seconds(), time.perf_counter()
    work(run)
    whole, waited = processor_seconds() - started, time.perf_counter() - clock
    run.refresh_from_db()
    print(f"\n{how['training_rows']} + {count} rows: {run.decision}. {run.reason}\n")
    report(stages.spent, whole=whole, predicts=two_predicts(run), waited=waited)


def report(spent: dict[str, float], *, whole: float, predicts: float, waited: float) -> None:
    """One row for each stage of one hundredth or more, and what all but the fit come to."""
    spent = spent | {"the rest": whole - sum(spent.values())}
    beside = whole - spent["fit"]
    print("| stage | processor seconds | of the two predict calls |\n|---|---|---|")
    for name, seconds in sorted(spent.items(), key=lambda one: -one[1]):
        if seconds >= 0.01 * beside or name == "fit":
            print(f"| {name} | {seconds:.1f} | × {seconds / predicts:.2f} |")
    print(f"| **all beside the fit** | {beside:.1f} | **× {beside / predicts:.2f}** |")
    print(f"\nThe two predict calls: {predicts:.1f} s. The run took {waited:.0f} s by the clock, and at most")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:,.0f} MB of memory.")


def main() -> None:
    """Play it in folders that are gone afterwards."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=30_000)
    parser.add_argument("--leaf", type=int, default=1, help="the least rows in a leaf of the trees")
    parser.add_argument("--training-rows", type=int, help="that the candidate is fitted on; default: as many")
    parser.add_argument(
        "--champion-rows", type=int, help="that the champion was fitted on; default: the same"
    )
    options = parser.parse_args()
    training_rows = options.training_rows or options.rows
    how = {"leaf": options.leaf, "training_rows": training_rows}
    how["champion_rows"] = options.champion_rows or training_rows
    with tempfile.TemporaryDirectory() as folder:
        places = {"VAR_DIR": f"{folder}/var", "MEDIA_ROOT": f"{folder}/media", "HTTPS": "false"}
        os.environ.update(places, DATABASE_URL=f"sqlite:///{folder}/db.sqlite3")
        import benchmarks.gate.django_ready  # noqa: F401

        play(options.rows, **how)


if __name__ == "__main__":
    main()
