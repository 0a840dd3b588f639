"""An upload as a client posts it, and whether it left anything behind."""

import base64
import json

from predictions.models import ModelVersion
from scheduling.models import Run
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.upload_factory import as_skops


def post(client, token, body, path="/update_model"):
    headers = {"Authorization": f"Token {token}"} if token else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content, content_type="application/json", headers=headers)


def upload(model, filename="ours.skops", content=None):
    content = as_skops(model) if content is None else content
    return {"modelFilename": filename, "modelObject": base64.b64encode(content).decode()}


def fitted(estimator):
    training = read_csv("training")
    return estimator.fit(training.drop(columns="species"), training["species"])


def nothing_happened(config):
    files = [path for path in (config.MEDIA_ROOT / "quarantine").rglob("*") if path.is_file()]
    return files == [] and not Run.objects.exists() and ModelVersion.objects.count() == 1
