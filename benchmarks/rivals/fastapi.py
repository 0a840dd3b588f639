"""FastAPI under uvicorn, one worker: plain with joblib, and hand-made with ONNX Runtime."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.rivals.base import Rival, Start
from benchmarks.server.forests import artefact, served_form
from predictions.models import ModelVersion

QUIET = ["--log-level", "warning", "--no-access-log"]


def _uvicorn(
    service: str, file: Callable[[ModelVersion], Path]
) -> Callable[[ModelVersion, int, Path], Start]:
    def start(version: ModelVersion, port: int, folder: Path) -> Start:
        where = ["--host", "127.0.0.1", "--port", str(port)]
        application = f"benchmarks.services.{service}:app"
        variables = {"FOREST": str(file(version)), "NAME": version.name}
        return Start(["-m", "uvicorn", application, *where, *QUIET], variables)

    return start


FASTAPI_JOBLIB = Rival(
    name="FastAPI and joblib",
    environment="fastapi",
    start=_uvicorn("fastapi_joblib", artefact),
    path="/predict",
    body=json.dumps,
    label_of=lambda answer: answer["species"],
)
FASTAPI_ONNX = Rival(
    name="hand-made FastAPI and ONNX Runtime",
    environment="fastapi",
    start=_uvicorn("fastapi_onnx", served_form),
    path="/predict",
    body=json.dumps,
    label_of=lambda answer: answer["species"],
)
