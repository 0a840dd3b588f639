"""What a refit costs beside scikit-learn's own `fit` of the same rows in memory.

`python -m benchmarks.refit` makes 1,000,000 rows of twenty columns, registers pipelines fitted on a thousand
of them, and refits each in a throw-away installation, three times in turn with scikit-learn alone. Processor
seconds count, on one thread: by the clock, other work on the machine would be measured too. `--rows 100000`
takes fewer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROUNDS, NUMBERS, TEXTS = 3, 18, ["city", "plan"]
FIRST, EVALUATED = 1_000, 2_000


def made(rows: int) -> pd.DataFrame:
    """Eighteen numbers, two texts, and a label that depends on some of them."""
    chance = np.random.default_rng(0)
    frame = pd.DataFrame(chance.normal(size=(rows, NUMBERS)), columns=[f"n{i}" for i in range(NUMBERS)])
    frame["city"] = np.char.add("city ", chance.integers(0, 100, rows).astype(str)).astype(object)
    frame["plan"] = np.char.add("plan ", chance.integers(0, 5, rows).astype(str)).astype(object)
    frame["label"] = (frame["n0"] + frame["n1"] * frame["n2"] + chance.normal(size=rows) > 0).astype(int)
    return frame


def pipelines() -> dict[str, Any]:
    """What people bring: a linear model and trees, each behind its preparation."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    numbers = [f"n{i}" for i in range(NUMBERS)]
    hot = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), TEXTS), (StandardScaler(), numbers)
    )
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    ordinal = make_column_transformer((codes, TEXTS), ("passthrough", numbers))
    return {
        "logistic regression": make_pipeline(hot, LogisticRegression(max_iter=200)),
        "histogram boosting": make_pipeline(ordinal, HistGradientBoostingClassifier(random_state=0)),
    }


def registered(name: str, estimator: Any, frame: pd.DataFrame, folder: Path) -> Any:
    """Return a model whose live version is this pipeline, fitted on few rows."""
    from predictions.models import Feature, RegisteredModel, Signature
    from predictions.registry import datasets
    from predictions.registry.datasets import Tables
    from predictions.registry.promotion import Approval, promote
    from predictions.registry.registration import register_estimator
    from scheduling.training.training import current_dataset

    model = RegisteredModel.objects.create(name=name.replace(" ", "-"), title=name)
    signature = Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name="label", labels=[0, 1]
    )
    for place, column in enumerate(frame.columns[:-1]):
        kind = "text" if column in TEXTS else "float"
        example = "city 1" if kind == "text" else 1
        Feature.objects.create(signature=signature, position=place, name=column, kind=kind, example=example)
    for role, rows in (("training", frame), ("evaluation", frame.iloc[:EVALUATED])):
        rows.to_parquet(folder / "rows.parquet")
        content = (folder / "rows.parquet").read_bytes()
        datasets.register(registered_model=model, role=role, content=content)
    few = frame.iloc[:FIRST]
    estimator.fit(few.drop(columns="label"), few["label"])
    version = register_estimator(
        estimator=estimator, name="first", signature=signature, source="trained", created_by="benchmark",
        evaluation=Tables().of(current_dataset(model, "evaluation")),
        training=current_dataset(model, "training"),
    )  # fmt: skip
    promote(version=version, replacing=None, approval=Approval(by="benchmark", reason="first"))
    return model


def seconds_of(work: Callable[[], Any]) -> float:
    """The processor seconds that it takes on one thread."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        started = time.process_time()
        work()
        return time.process_time() - started


def measure(name: str, estimator: Any, frame: pd.DataFrame, folder: Path) -> None:
    """Print the medians of both, and what the rest of making the candidate takes."""
    from sklearn.base import clone

    from predictions.registry.datasets import Tables
    from scheduling.models import Recipe
    from scheduling.training import refitting
    from scheduling.training.job import Job
    from scheduling.training.training import current_dataset, newest_signature, train_candidate

    model = registered(name, estimator, frame, folder)
    features, labels = frame.drop(columns="label"), frame["label"]
    recipe, spec = Recipe(registered_model=model, kind="refit"), newest_signature(model).spec()

    def refitted() -> None:
        training = current_dataset(model, "training")
        refitting.train(
            recipe, Job(registered_model=model, run=1, spec=spec, training=training, tables=Tables())
        )

    alone, ours = [], []
    for _ in range(ROUNDS):
        alone.append(seconds_of(lambda: clone(estimator).fit(features, labels)))
        ours.append(seconds_of(refitted))
    more = sorted(b / a - 1 for a, b in zip(alone, ours, strict=True))
    whole = seconds_of(lambda: train_candidate(model, run=1, tables=Tables()))
    print(
        f"{name}, {len(frame):,} rows: scikit-learn alone {statistics.median(alone):.2f} s, refitted "
        f"from the file {statistics.median(ours):.2f} s ({statistics.median(more):+.0%}, {more[0]:+.0%} to "
        f"{more[-1]:+.0%}); the whole candidate {whole:.1f} s",
        flush=True,
    )


def main() -> None:
    """Measure each pipeline in a throw-away installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "mlsite.settings", "HTTPS": "false", "VAR_DIR": folder}
        os.environ |= {"MEDIA_ROOT": f"{folder}/media", "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        frame = made(rows)
        for name, estimator in pipelines().items():
            measure(name, estimator, frame, Path(folder))


if __name__ == "__main__":
    main()
