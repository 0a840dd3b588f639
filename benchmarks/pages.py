"""How long the overview and a model's page take on a large database: seconds of the server, and queries.

`python -m benchmarks.pages` fills a throw-away SQLite file with 30 models, 10,000 versions, 100,000 runs and
the counts of 10,000,000 requests: of predictions the pages read nothing else. `--small` takes a hundredth.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

MODELS, VERSIONS, RUNS, DAYS, WORKERS = 30, 10_000, 100_000, 7, 4
PER_ROW = 41  # requests: 30 models × 7 days × 288 blocks × 4 workers × 41 = 10,000,000
JUDGED_OF = 5  # of so many runs one has judged; each tenth of those promoted
REPEATS = 11


def main() -> None:
    """Fill, time, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="A hundredth of the rows.")
    share = 100 if parser.parse_args().small else 1
    with tempfile.TemporaryDirectory() as folder:
        _start_django(Path(folder))
        began = time.monotonic()
        model = fill(share)
        print(f"filled in {time.monotonic() - began:.0f} s")
        print("| page | ms by the clock | ms of the processor | queries |\n|---|---|---|---|")
        for name, path in pages_of(model):
            print("| {} | {:.0f} | {:.0f} | {} |".format(name, *timed(path)))


def _start_django(folder: Path) -> None:
    places = {"VAR_DIR": folder, "MEDIA_ROOT": folder / "media"}
    os.environ |= {name: str(path) for name, path in places.items()}
    os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/pages.sqlite3", "HTTPS": "false"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    call_command("migrate", verbosity=0)


def pages_of(model: Any) -> Iterator[tuple[str, str]]:
    """Yield the name and path of each page that is timed."""
    from scheduling.pages.views import TABS

    yield "overview", "/admin/"
    for tab, text in TABS.items():
        query = f"?tab={tab}" if tab else ""
        yield f"a model: {text}", f"/admin/predictions/registeredmodel/{model.pk}/page/{query}"


def timed(path: str) -> tuple[float, float, int]:
    """Return the median milliseconds of a request by the clock and of the processor, and its queries."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    boss, _ = User.objects.get_or_create(username="boss", is_staff=True, is_superuser=True)
    client = Client(SERVER_NAME="localhost")
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(2):  # the first ones warm up
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        queries = len(asked)
    clock, worked = [], []
    for _ in range(REPEATS):
        began, began_work = time.perf_counter(), time.process_time()
        client.get(path)
        clock.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - began_work))
    return statistics.median(clock), statistics.median(worked), queries


def fill(share: int) -> Any:
    """Write all rows, and return the first model."""
    from django.utils import timezone

    from predictions.models import RegisteredModel, Signature

    now = timezone.now()
    models = [
        RegisteredModel.objects.create(name=f"model-{at:02}", title=f"Model {at}") for at in range(MODELS)
    ]
    for model in models:
        Signature.objects.create(
            registered_model=model, number=1, task="classification", output_name="y", labels=[0, 1]
        )
        _fill_one(model, VERSIONS // MODELS // share, RUNS // MODELS // share, now, share)
    return models[0]


def _fill_one(model: Any, versions: int, runs: int, now: Any, share: int) -> None:
    from predictions.models import Dataset, ModelVersion

    signature = model.signatures.get()
    made = ModelVersion.objects.bulk_create(
        ModelVersion(
            signature=signature, number=at, name=f"v{at}", filename="v", artefact="none",
            artefact_sha256=f"{at}",
            served_form="none", served_form_sha256="0", estimator="sklearn.linear_model.Ridge",
            params={"alpha": 1.0}, parity={}, golden_rows={}, source="trained", created_by="a benchmark",
        )
        for at in range(max(2, versions))
    )  # fmt: skip
    sets = Dataset.objects.bulk_create(
        Dataset(registered_model=model, role="evaluation", file="none", sha256=f"{at}", rows=400)
        for at in range(max(2, versions))
    )
    flips = _promotions(model, made[::10], now)
    _runs(model, made, sets, max(20, runs), now)
    _counts(flips[-1].version, now, share)


def _promotions(model: Any, versions: list[Any], now: Any) -> list[Any]:
    """One after the other: the database refuses a row that does not replace what was live."""
    from predictions.models import Promotion

    flips: list[Any] = []
    for at, version in enumerate(versions, 1):
        flips.append(
            Promotion.objects.create(
                registered_model=model, sequence=at, version=version, kind="promote", by="the gate",
                replaced_version=flips[-1].version if flips else None, reason="Promoted: better. It rose.",
                at=now - timedelta(days=len(versions) - at, hours=1),
            )
        )  # fmt: skip
    return flips


def _runs(model: Any, versions: list[Any], sets: list[Any], runs: int, now: Any) -> None:
    from scheduling.models import CheckResult, Run

    common = {"registered_model": model, "trigger": "schedule", "status": "finished", "finished_at": now}
    common["started_at"] = now - timedelta(hours=6)  # since then requests came that no run has looked at
    made = Run.objects.bulk_create(
        Run(task="prune", reason="Removed nothing.", **common)
        if at % JUDGED_OF
        else Run(
            task="retrain", candidate=versions[at % len(versions)], champion=versions[0], decision="kept",
            evaluation_dataset=sets[at % len(sets)], reason="The champion stays: worse. It fell.", **common,
        )
        for at in range(runs)
    )  # fmt: skip
    judged = [run for run in made if run.candidate_id]
    CheckResult.objects.bulk_create(
        CheckResult(run=run, seconds=0.1, message="It is so.", check_id=check_id, **found)
        for run in judged
        for check_id, found in FOUND.items()
    )


BOTH = {who: {"f1_macro": 0.9, "accuracy": 0.9, "log_loss": 0.3} for who in ("candidate", "champion")}
OWN = {"own_interval": {who: [0.88, 0.92] for who in BOTH}, "gain": {"low": -0.02, "high": 0.01}}
DRIFT = [{"name": f"x{at}", "state": "no drift", "distance": 0.02, "importance": 0.05} for at in range(20)]
FOUND: dict[str, dict[str, Any]] = {
    "evaluation_metrics": {"level": "fail", "measured": BOTH | OWN, "limit": {"primary_metric": "f1_macro"}},
    "feature_drift": {"level": "pass", "measured": {"drifted_importance": 0}, "details": {"columns": DRIFT}},
}


def _counts(version: Any, now: Any, share: int) -> None:
    from predictions.models import RequestCount
    from predictions.models.worker import BLOCK, block_of

    newest, steps = block_of(now.timestamp()), {str(at): 1 for at in range(60, 60 + PER_ROW)}
    blocks = DAYS * 288 // share
    RequestCount.objects.bulk_create(
        RequestCount(
            id=uuid4(), model_version=version, block=newest - back * BLOCK, counted_until=newest,
            answered=PER_ROW, refused=0, failed=0, latencies={"1": steps},
        )
        for back in range(max(2, blocks))
        for _ in range(WORKERS)
    )  # fmt: skip


if __name__ == "__main__":
    main()
