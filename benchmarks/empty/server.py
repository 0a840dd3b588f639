"""The server of an empty view: the Procfile's line, with another application."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.rivals.base import answers
from benchmarks.server import forests, ours
from benchmarks.server.process import free_port, serving
from benchmarks.server.target import Target
from benchmarks.stage import Stage

NAMES = {"stock": "stock empty view", "lean": "lean empty view", "bare": "a bare WSGI function"}


@contextmanager
def server(stage: Stage, kind: str) -> Iterator[Target]:
    """Run it until the block ends; the value is the request that `/predict` gets, to the empty view.

    `kind` is `stock` or `lean`, or `bare` for a WSGI function without Django. Raises `NotMeasured`.
    """
    port = free_port()
    target = Target(
        name=NAMES[kind],
        url=f"http://127.0.0.1:{port}/empty",
        body=json.dumps(forests.bodies()[0]),
        label_of=lambda answer: answer["species"],
    )
    variables = {
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "DJANGO_SETTINGS_MODULE": "benchmarks.empty.settings",
        "EMPTY_VIEW": kind,
    }
    with serving(
        ["bash", "-c", ours.command(f"benchmarks.empty.{'bare' if kind == 'bare' else 'wsgi'}:application")],
        environment=variables,
        log=stage.folder / f"empty-{kind}.log",
        core=stage.cores.server,
        ready=lambda: answers(target),
    ):
        yield target
