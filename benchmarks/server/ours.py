"""Our own web server as the Procfile starts it, from an environment with the web tier's packages only."""

from __future__ import annotations

import json
import shlex
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.server import forests
from benchmarks.server.installation import SPOOL
from benchmarks.server.process import ROOT, free_port, serving
from benchmarks.server.target import Target
from benchmarks.stage import Stage
from predictions.models import ModelVersion, Worker

APPLICATION = "mlsite.wsgi:application"
PYTHON = ROOT / ".venv" / "web" / "bin" / "python"


@contextmanager
def web_server(stage: Stage, live: ModelVersion, *, workers: int = 1) -> Iterator[str]:
    """Run it until the block ends; the value is its address. Every worker serves `live`."""
    forests.make_live(live)
    Worker.objects.all().delete()  # rows of servers that were killed
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {"PORT": str(port), "WEB_WORKERS": str(workers)}
    with serving(
        ["bash", "-c", command()],
        environment=variables,
        log=stage.folder / "ours.log",
        core=stage.cores.server,
        ready=lambda: bool(forests.serve_it(live, workers)) and is_ready(address),
    ):
        yield address
    shutil.rmtree(stage.folder / SPOOL, ignore_errors=True)


def command(application: str = APPLICATION) -> str:
    """Return the Procfile's line for the web tier, with the Python of its environment, for an application."""
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    line = line.removeprefix("web:").replace(APPLICATION, application)
    return line.replace(".venv/bin/granian", f"{shlex.quote(str(PYTHON))} -m granian")


def is_ready(address: str) -> bool:
    """Whether it answers that it serves what is live."""
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def predict(address: str, *, name: str = "ours") -> Target:
    """The request that is measured: one row for the default model."""
    return Target(
        name=name,
        url=f"{address}/predict",
        body=json.dumps(forests.bodies()[0]),
        label_of=lambda answer: answer["species"],
    )
