"""`python -m benchmarks`: set up, measure, print the table, write it. `make bench` calls it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.effort import FULL, SMOKE
from benchmarks.load import wrk
from benchmarks.reporting import machine, report
from benchmarks.reporting.results import NotMeasured, Result, wrong
from benchmarks.reporting.table import for_terminal
from benchmarks.server import cores, installation
from benchmarks.server.process import ROOT

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
NAMES = ("throughput", "latency", "batch", "memory", "instructions", "flip_time", "flips_under_load")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="one short round, and no rivals")
    parser.add_argument("--only", action="append", choices=NAMES, help="this measure; may be repeated")
    parser.add_argument("--output", type=Path, help="where the table goes; RESULTS.md for a whole run")
    return parser.parse_args()


def main() -> int:
    """Return 1 if something is wrong, 0 however slow it is."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped on the way out
    asked, console = arguments(), Console(stderr=True)
    wrk.require()
    two, load_before = cores.two_cores(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        installation.enter(Path(folder))
        results, database = measure(asked, Path(folder), two, console)
    where = machine.facts(load_before=load_before) | {"Database": database}
    show(results)
    write(asked, report.text(results, date=today(), machine=where, libraries=machine.libraries()))
    for result in wrong(results):
        print(f"Wrong: {result.measure}: {result.verdict}", file=sys.stderr)
    return 1 if wrong(results) else 0


def measure(
    asked: argparse.Namespace, folder: Path, two: cores.Cores, console: Console
) -> tuple[list[Result], str]:
    """Set up and take the measures; return their results and the kind of database."""
    with console.status("setting up") as status:
        installation.set_up()
        from benchmarks.measures import MEASURES
        from benchmarks.server import forests  # models can be imported now
        from benchmarks.stage import Stage

        stage = Stage(
            folder=folder,
            forests=forests.register(),
            cores=two,
            effort=SMOKE if asked.smoke else FULL,
            tell=status.update,
        )
        results: list[Result] = []
        for name in asked.only or NAMES:
            console.print(f"{datetime.now(UTC):%H:%M:%S} {name}")
            results += attempt(name, lambda name=name: MEASURES[name](stage))  # type: ignore[misc]
        return results, installation.database()


def attempt(name: str, take: Callable[[], list[Result]]) -> list[Result]:
    """Take one measure; one that cannot be taken is a line of the table, and does not stop the others."""
    try:
        return take()
    except NotMeasured as reason:
        return [Result(measure=name, absent=str(reason), must_hold=True)]


def show(results: list[Result]) -> None:
    """Print the table; a pipe gets the width that it needs."""
    console = Console()
    Console(width=max(console.width, 150)).print(for_terminal(results))


def write(asked: argparse.Namespace, text: str) -> None:
    """Write the file: a part of the measures, or a smoke, never replaces the results of a whole run."""
    path: Path | None = asked.output
    if path is None and (asked.smoke or asked.only):
        path = Path(tempfile.mkstemp(prefix="benchmarks-", suffix=".md")[1])
    path = path or RESULTS
    path.write_text(text)
    print(f"Written to {path}")


def today() -> str:
    """Return the date and time in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
