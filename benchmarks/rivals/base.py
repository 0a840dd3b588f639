"""What a rival is: how its server starts, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.reporting.results import NotMeasured
from benchmarks.server import forests
from benchmarks.server.process import ROOT, serving
from benchmarks.server.target import Target
from benchmarks.stage import Stage
from predictions.models import ModelVersion


@dataclass(frozen=True)
class Start:
    """A command of the rival's environment: arguments for its Python, and variables."""

    arguments: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rival:
    """`start(version, port, folder)` may write files into the folder, which is empty."""

    name: str
    environment: str  # the folder .venv/bench-<environment>
    start: Callable[[ModelVersion, int, Path], Start]
    path: str
    body: Callable[[dict[str, Any]], str]
    label_of: Callable[[Any], Any]

    @property
    def python(self) -> Path:
        """The interpreter that has the rival's packages."""
        return ROOT / ".venv" / f"bench-{self.environment}" / "bin" / "python"

    def target(self, port: int) -> Target:
        """The request that is measured, to its server on this port."""
        return Target(
            name=self.name,
            url=f"http://127.0.0.1:{port}{self.path}",
            body=self.body(forests.bodies()[0]),
            label_of=self.label_of,
        )

    @contextmanager
    def server(self, stage: Stage, version: ModelVersion, port: int) -> Iterator[None]:
        """Run the rival with this version until the block ends. Raises `NotMeasured`."""
        if not self.python.exists():
            raise NotMeasured(f"no environment bench-{self.environment}: `make bench` makes it")
        folder = stage.folder / f"{self.name} {version.name}".replace(" ", "-")
        folder.mkdir()
        start = self.start(version, port, folder)
        target = self.target(port)
        with serving(
            [str(self.python), *start.arguments],
            environment=start.variables,
            log=folder / f"{self.environment}.log",
            core=stage.cores.server,
            ready=lambda: answers(target),
        ):
            yield


def answers(target: Target) -> bool:
    """Whether the server answers at all."""
    try:
        target.ask()
    except NotMeasured:
        return False
    return True
