"""What a snapshot of many rows costs: seconds and peak memory, from SQLite and from PostgreSQL.

`python -m benchmarks.snapshots` makes 10,000,000 rows of twenty columns in a throw-away SQLite file; where
DATABASE_URL is a PostgreSQL server, in a database `snapshot_bench` on it. They are read in a process of its
own, with the newest fifth held out. `--rows 100000` takes fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NUMBERS, WHOLE = 12, 4
COLUMNS = (
    [f"n{i}" for i in range(NUMBERS)] + [f"w{i}" for i in range(WHOLE)] + ["city", "plan", "at", "label"]
)
FIRST = 1_700_000_000  # Unix seconds


def made_in_sqlite(path: Path, rows: int) -> str:
    """Write the table `customer` and return its URL."""
    numbers = [f"random() / 9.3e18 AS n{i}" for i in range(NUMBERS)]
    whole = [f"abs(random()) % {10 ** (i + 1)} AS w{i}" for i in range(WHOLE)]
    others = ["'city ' || (abs(random()) % 500) AS city", "'plan ' || (abs(random()) % 5) AS plan"]
    others += [f"datetime({FIRST} + i, 'unixepoch') AS at", "abs(random()) % 2 AS label"]
    series = f"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {rows})"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute(
            f"CREATE TABLE customer AS {series} SELECT {', '.join([*numbers, *whole, *others])} FROM s"
        )
    database.close()
    return f"sqlite:///{path}"


def made_in_postgresql(server: str, rows: int) -> str:
    """Write the table `customer` into a new database and return its URL."""
    import psycopg

    numbers = [f"random() AS n{i}" for i in range(NUMBERS)]
    whole = [f"(random() * {10 ** (i + 1)})::int AS w{i}" for i in range(WHOLE)]
    others = ["'city ' || (random() * 500)::int AS city", "'plan ' || (random() * 5)::int AS plan"]
    others += [f"to_timestamp({FIRST} + i) AS at", "(random() > 0.5)::int AS label"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS snapshot_bench")
        connection.execute("CREATE DATABASE snapshot_bench")
    url = f"{server.rpartition('/')[0]}/snapshot_bench"
    with psycopg.connect(url) as connection:
        columns = ", ".join([*numbers, *whole, *others])
        connection.execute(f"CREATE TABLE customer AS SELECT {columns} FROM generate_series(1, {rows}) i")
    return url


def measure(url: str) -> None:
    """Take one snapshot in this process, in an installation of its own, and print what it took."""
    limit = 4096 << 20  # the default of CHILD_MEMORY_MB, as a run's child has it
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "mlsite.settings", "HTTPS": "false", "VAR_DIR": folder}
        os.environ |= {"MEDIA_ROOT": f"{folder}/media", "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
        os.environ |= {"DATA_SOURCES": json.dumps({"bench": url}), "SOURCE_TIME_LIMIT_SECONDS": "7200"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        told(_run())


def _run() -> Any:
    """Return a run that retrains a model with a source that takes all rows."""
    from predictions.models import Feature, RegisteredModel, Signature
    from scheduling.models import DataSource, Run

    model = RegisteredModel.objects.create(name="bench", title="Bench")
    signature = Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name="label", labels=[0, 1]
    )
    for place, name in enumerate(COLUMNS[:-2]):
        kind = "text" if name in ("city", "plan") else "float"
        Feature.objects.create(signature=signature, position=place, name=name, kind=kind, example=1)
    query = f"SELECT {', '.join(COLUMNS)} FROM customer"
    DataSource.objects.create(
        registered_model=model, kind="query", database="bench", query=query, time_column="at"
    )
    return Run.objects.create(task="retrain", registered_model=model, trigger="manual", status="running")


def told(run: Any) -> None:
    """Take the snapshot and print rows, rates and the peak of this process."""
    import scheduling.sources.kinds.opening
    from predictions.conf import config
    from scheduling.sources.snapshots import snapshot

    assert scheduling.sources.kinds.opening
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    taken = snapshot(run, run.registered_model)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert taken.training
    assert taken.evaluation
    rows = taken.training.rows + taken.evaluation.rows
    size = sum(path.stat().st_size for path in config.MEDIA_ROOT.rglob("*.parquet"))
    print(
        f"{rows:,} rows in {seconds:.0f} s ({rows / seconds:,.0f} rows/s, "
        f"{after.ru_utime - before.ru_utime:.0f} processor seconds), peak {after.ru_maxrss / 1024:.0f} MB "
        f"({before.ru_maxrss / 1024:.0f} MB before), files {size / 2**20:.0f} MB",
        flush=True,
    )


def main() -> None:
    """Make the rows, then measure each source in a child."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure)
        return
    server = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        if server.startswith("postgres"):
            url = made_in_postgresql(server, asked.rows)
        else:
            url = made_in_sqlite(Path(folder) / "bench.sqlite3", asked.rows)
        print(url.partition(":")[0], end=": ", flush=True)
        subprocess.run([sys.executable, "-m", "benchmarks.snapshots", "--measure", url], check=True)


if __name__ == "__main__":
    main()
