"""What judging a candidate on many rows costs: processor seconds and peak memory, beside scikit-learn.

`python -m benchmarks.judging` makes an evaluation and a training file of 1,000,000 rows × twenty columns,
fits a champion and a candidate on 50,000 others, and judges in a process of its own. Another one only lets
scikit-learn answer, and computes its metrics. `--rows 10000000` takes more.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

NUMBERS, WHOLE, GROUP = 12, 4, 65_536
FEATURES = [f"n{i}" for i in range(NUMBERS)] + [f"w{i}" for i in range(WHOLE)] + ["city", "plan"]
FITTED = 50_000


def made(path: Path, rows: int, seed: int) -> None:
    """Write features, a time and a label, a row group at a time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    chance, writer = np.random.default_rng(seed), None
    for start in range(0, rows, GROUP):
        n = min(GROUP, rows - start)
        columns: dict[str, Any] = {f"n{i}": chance.random(n) for i in range(NUMBERS)}
        columns |= {f"w{i}": chance.integers(0, 10 ** (i + 1), n) for i in range(WHOLE)}
        columns |= {"city": np.char.add("city ", chance.integers(0, 500, n).astype(str))}
        columns |= {"plan": np.char.add("plan ", chance.integers(0, 5, n).astype(str))}
        at = np.datetime64("2025-01-01", "us") + (start + np.arange(n)) * np.timedelta64(2_000_000, "us")
        noise = chance.normal(0, 0.3, n)
        label = (columns["n0"] + columns["n1"] * columns["n2"] + noise > 0.75).astype(np.int64)
        table = pa.table(columns | {"at": at, "label": label})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=GROUP)
    assert writer
    writer.close()


def judged(folder: Path) -> None:
    """Judge in an installation of its own, and print what it took."""
    limit = 4096 << 20  # the default of CHILD_MEMORY_MB, as a run's child has it
    run, candidate = prepared(folder)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    from scheduling.judging.judge import judge

    measured("judged", lambda: judge(run, candidate))
    run.refresh_from_db()
    print(run.reason)
    for result in run.results.all():
        print(f"  {result.check_id}: {result.level}, {result.seconds:.1f} s")


def measured(what: str, work: Any) -> None:
    """Do the work and print seconds, processor seconds, and the peak of this process during it."""
    peak, done, before = [resident()], threading.Event(), resident()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], resident())

    threading.Thread(target=watch, daemon=True).start()
    started, used = time.perf_counter(), time.process_time()
    work()
    seconds, used = time.perf_counter() - started, time.process_time() - used
    done.set()
    print(
        f"{what} in {seconds:.0f} s, {used:.0f} processor seconds, peak {peak[0]} MB ({before} MB before)",
        flush=True,
    )


def resident() -> int:
    """Return the megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def prepared(folder: Path) -> tuple[Any, Any]:
    """Return a run and its candidate, where a champion is live."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "mlsite.settings", "HTTPS": "false", "VAR_DIR": str(folder)}
    os.environ |= {"MEDIA_ROOT": f"{folder}/media", "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from scheduling.models import Run

    model = registered()
    champion, candidate = versions(folder, model)
    go_live(champion)
    enlarge(folder, model, candidate)
    run = Run.objects.create(task="validate", registered_model=model, trigger="manual", status="running")
    return run, candidate


def registered() -> Any:
    """Return a model with its signature."""
    from predictions.models import Feature, RegisteredModel, Signature

    model = RegisteredModel.objects.create(name="bench", title="Bench")
    signature = Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name="label", labels=[0, 1]
    )
    for place, name in enumerate(FEATURES):
        kind = "text" if name in ("city", "plan") else "float"
        example = "plan 1" if kind == "text" else 1
        Feature.objects.create(signature=signature, position=place, name=name, kind=kind, example=example)
    return model


def versions(folder: Path, model: Any) -> list[Any]:
    """Return the champion and the candidate, fitted on few rows."""
    from predictions.registry import datasets
    from scheduling.training.training import fit_and_register

    for role in ("training", "evaluation"):
        content = (folder / "few.parquet").read_bytes()
        datasets.register(registered_model=model, role=role, content=content)
    return [
        fit_and_register(
            estimator, name=name, registered_model=model, source="trained", created_by="bench",
            tables=datasets.Tables(),
        )
        for name, estimator in estimators().items()
    ]  # fmt: skip


def go_live(version: Any) -> None:
    """Promote the first version."""
    from predictions.registry import promotion

    approval = promotion.Approval.by_gate(by="bench", reason="first")
    promotion.promote(version=version, replacing=None, approval=approval)


def enlarge(folder: Path, model: Any, candidate: Any) -> None:
    """Register the large files; the candidate counts as trained on the one."""
    from predictions.models import Dataset
    from predictions.registry import artefacts

    for role in ("training", "evaluation"):
        path, sha256 = artefacts.adopt(
            folder / f"{role}.parquet", folder="datasets/bench", filename=f"{role}.parquet"
        )
        rows = int((folder / "rows").read_text())
        kept = {"file": path, "sha256": sha256, "rows": rows, "format": "parquet"}
        new = Dataset.objects.create(registered_model=model, role=role, **kept)
        if role == "training":
            type(candidate).objects.filter(pk=candidate.pk).update(training_dataset=new)
            candidate.training_dataset = new


def estimators() -> dict[str, Any]:
    """The champion and the candidate."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return {
        "champion": HistGradientBoostingClassifier(max_iter=30, random_state=0),
        "candidate": HistGradientBoostingClassifier(max_iter=60, random_state=0),
    }


def by_scikit_learn(folder: Path) -> None:
    """Two answers and their metrics of all rows at once, numbers only, and print what they took."""
    import pandas as pd
    from sklearn.metrics import f1_score, log_loss, roc_auc_score

    numbers = FEATURES[: NUMBERS + WHOLE]
    few = pd.read_parquet(folder / "few.parquet", columns=[*numbers, "label"])
    fitted = [one.fit(few[numbers], few["label"]) for one in estimators().values()]

    def work() -> None:
        rows = pd.read_parquet(folder / "evaluation.parquet", columns=[*numbers, "label"])
        truth = rows.pop("label")
        for estimator in fitted:
            shares = estimator.predict_proba(rows)
            print(f1_score(truth, shares.argmax(1)), log_loss(truth, shares), end=" ")
            print(roc_auc_score(truth, shares[:, 1]))

    measured("scikit-learn", work)


def main() -> None:
    """Make the rows, then measure each in a child."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("judged", "by_scikit_learn"))
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.folder:
        {"judged": judged, "by_scikit_learn": by_scikit_learn}[asked.only](Path(asked.folder))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder / "few.parquet", FITTED, 0)
        made(folder / "training.parquet", asked.rows, 1)
        made(folder / "evaluation.parquet", asked.rows, 2)
        (folder / "rows").write_text(str(asked.rows))
        for what in [asked.only] if asked.only else ["by_scikit_learn", "judged"]:
            command = [sys.executable, "-m", "benchmarks.judging", "--folder", name, "--only", what]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
