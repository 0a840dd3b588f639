"""django-bolt with ONNX Runtime, one process and one worker."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.rivals.base import Rival, Start
from benchmarks.server.forests import served_form
from predictions.models import ModelVersion


def _start(version: ModelVersion, port: int, folder: Path) -> Start:
    where = ["--host", "127.0.0.1", "--port", str(port)]
    variables = {
        "FOREST": str(served_form(version)),
        "NAME": version.name,
        "DJANGO_SETTINGS_MODULE": "benchmarks.services.bolt_settings",
    }
    return Start(["-m", "django", "runbolt", "--no-admin", *where], variables)


BOLT = Rival(
    name="django-bolt and ONNX Runtime",
    environment="bolt",
    start=_start,
    path="/predict",
    body=json.dumps,
    label_of=lambda answer: answer["species"],
)
