"""The instructions of one prediction in process: they show a regression where the clock is noise."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.reporting.results import Bound, NotMeasured, Result
from benchmarks.server import forests, ours
from benchmarks.server.process import ROOT
from benchmarks.stage import Stage

STORED: dict[str, int] = json.loads((Path(__file__).parent / "instructions.json").read_text())
MORE = 1.1  # times the stored figure is too many
COUNTED = 400
SECONDS = 600  # a busy machine takes minutes for what takes 20 s alone


def measure(stage: Stage) -> list[Result]:
    """Count for each path; more than a tenth above the stored figure is wrong, and not only slow."""
    forests.make_live(stage.forests.small)
    if shutil.which("valgrind") is None:
        raise NotMeasured("there is no valgrind. On Debian: apt-get install valgrind")
    return [_result(stage, path, stored) for path, stored in STORED.items()]


def _result(stage: Stage, path: str, stored: int) -> Result:
    stage.tell(f"counting the instructions of {path}")
    return Result(
        measure=f"instructions of one `POST {path}` in process",
        ours=round(count(stage.folder, path)),
        rival=stored,
        bound=Bound("≤", round(MORE * stored)),
        must_hold=True,
    )


def count(folder: Path, path: str) -> float:
    """Return the instructions of one request, on average. Raises `NotMeasured`."""
    output = folder / f"instructions-{path.count('/')}"
    variables = {
        "COUNTED": str(COUNTED), "COUNTED_PATH": path, "COUNTED_BODY": json.dumps(forests.bodies()[0]),
        "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={output}"]
    ended = subprocess.run(
        [*command, str(ours.PYTHON), "-m", "benchmarks.server.counted"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    totals = (
        [line for line in output.read_text().splitlines() if line.startswith("totals:")]
        if output.exists()
        else []
    )
    if ended.returncode != 0 or not totals:
        raise NotMeasured(f"the count ended with {ended.returncode}: {ended.stderr.strip()[-200:]}")
    return int(totals[0].split()[1]) / COUNTED
