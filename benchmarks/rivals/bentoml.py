"""BentoML, one worker."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.rivals.base import Rival, Start
from benchmarks.server.forests import artefact
from predictions.models import ModelVersion


def _start(version: ModelVersion, port: int, folder: Path) -> Start:
    where = ["--host", "127.0.0.1", "--port", str(port)]
    variables = {
        "FOREST": str(artefact(version)),
        "NAME": version.name,
        "BENTOML_HOME": str(folder),
        "BENTOML_DO_NOT_TRACK": "true",
    }
    service = "benchmarks.services.bentoml_joblib:Iris"
    return Start(["-m", "bentoml", "serve", "--production", *where, service], variables)


BENTOML = Rival(
    name="BentoML",
    environment="bentoml",
    start=_start,
    path="/predict",
    body=json.dumps,
    label_of=lambda answer: answer["species"],
)
