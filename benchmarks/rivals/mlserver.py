"""MLServer with its scikit-learn runtime, without parallel workers: its faster way on one core."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.rivals.base import Rival, Start
from benchmarks.server.forests import artefact
from benchmarks.server.process import free_port
from predictions.models import ModelVersion


def _start(version: ModelVersion, port: int, folder: Path) -> Start:
    server = {
        "host": "127.0.0.1",
        "http_port": port,
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "parallel_workers": 0,
        "debug": False,
    }
    model = {
        "name": "iris",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(artefact(version)), "version": "1"},
    }
    (folder / "settings.json").write_text(json.dumps(server))
    (folder / "model-settings.json").write_text(json.dumps(model))
    return Start(["-m", "mlserver.cli.main", "start", str(folder)])


def _body(row: dict[str, Any]) -> str:
    """One row as one tensor of the Open Inference Protocol."""
    tensor = {"name": "predict", "datatype": "FP32", "shape": [1, len(row)], "data": [*row.values()]}
    return json.dumps({"inputs": [tensor]})


MLSERVER = Rival(
    name="MLServer",
    environment="mlserver",
    start=_start,
    path="/v2/models/iris/infer",
    body=_body,
    label_of=lambda answer: answer["outputs"][0]["data"][0],
)
