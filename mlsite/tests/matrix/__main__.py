"""Run the cells one after another and tell how each ended. What this machine lacks is told as not run."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from mlsite.tests.matrix.cells import CELLS, DATABASES, TESTS, Cell
from mlsite.tests.matrix.environments import prepare, python_of
from mlsite.tests.processes import ROOT

FOLDER = ROOT / "var" / "matrix"
COLUMNS = ("Python", "Django", "scikit-learn", "Database", "Result", "Seconds")
ASKED = """
from importlib.metadata import version
from platform import python_version
print(python_version(), version("django"), version("scikit-learn"))
"""


def main() -> int:
    """Return the exit code: 1 if a test failed or an environment could not be made."""
    chosen = arguments()
    rows = []
    for cell in CELLS:
        if chosen.cells in cell.name:
            rows += rows_of(cell, chosen)
            (FOLDER / "summary.md").write_text(table(rows))
    print(table(rows))  # noqa: T201
    return any("failed" in result for *_, result, _ in rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-matrix", description=__doc__)
    parser.add_argument("--cells", default="", help="only those with this in their name, such as django6.0")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--tests", nargs="+", default=TESTS, help="others than the selection")
    return parser.parse_args()


def rows_of(cell: Cell, chosen: argparse.Namespace) -> list[tuple[str, ...]]:
    """One row for each database."""
    python, versions = python_of(cell.python), (cell.python, cell.django, cell.sklearn)
    if python is None:
        return [(*versions, "both", f"not run: there is no Python {cell.python} here", "")]
    folder = FOLDER / cell.name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        made = prepare(cell, python=python, folder=folder)
    except subprocess.CalledProcessError:
        return [(*versions, "both", "failed: no versions go together", "")]
    told = subprocess.run([made, "-c", ASKED], capture_output=True, text=True, check=True).stdout.split()
    return [(*told, name, *run(made, folder, name, chosen.tests)) for name in chosen.databases]


def run(python: Path, folder: Path, database: str, tests: list[str]) -> tuple[str, str]:
    """Run the tests; return how they ended and how long they took. What they print is in a file."""
    report, began = folder / f"{database}.xml", time.monotonic()
    report.unlink(missing_ok=True)
    is_second = database == "PostgreSQL"  # there, only what touches it can differ
    server = [ROOT / "bin/with-postgres"] if is_second else []
    marks = "not browser and not end_to_end" + (" and database" if is_second else "")
    options = ["-q", "-n", "2", "-m", marks, f"--junitxml={report}"]
    variables = {"HTTPS": "false", "VAR_DIR": str(folder / "var")}
    with (folder / f"{database}.txt").open("w") as output:
        subprocess.run(
            [*server, python, "-m", "pytest", *options, *tests],
            cwd=ROOT, env=os.environ | variables, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    return counted(report), f"{time.monotonic() - began:.0f}"


def counted(report: Path) -> str:
    """How many passed, failed and were skipped."""
    if not report.exists():
        return "failed: the tests did not start"
    suite = ElementTree.parse(report).getroot()[0]
    tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    told = f"{tests - skipped - failed} passed"
    told += f", {skipped} skipped" if skipped else ""
    return f"{told}, {failed} failed" if failed or not tests else told


def table(rows: list[tuple[str, ...]]) -> str:
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
