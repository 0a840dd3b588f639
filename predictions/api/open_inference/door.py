"""The wire format of `infer`: tensors in JSON, or in bytes after it."""

from collections.abc import Mapping
from typing import Any

from predictions.api.open_inference import inputs, outputs
from predictions.conf import config
from predictions.lane.doors import Door, Question, Reply
from predictions.registry.loading import LoadedVersion
from predictions.serving.answering import Answered

JSON = "application/json"
BINARY = "application/octet-stream"
HEADER_LENGTH = "Inference-Header-Content-Length"
IN_ENVIRON = "HTTP_INFERENCE_HEADER_CONTENT_LENGTH"


def _read(version: LoadedVersion, body: bytes, environ: Mapping[str, Any]) -> Question:
    asked, binary = inputs.read_request(body, environ.get(IN_ENVIRON))
    chosen = outputs.wanted(asked, version)
    rows = inputs.rows_of(asked, binary, version, most=config.MAX_ROWS)
    return Question(rows, form=(asked, chosen))


def _write(version: LoadedVersion, question: Question, answered: Answered) -> Reply:
    asked, chosen = question.form
    header, binary = outputs.response(version, asked, chosen, answered)
    if not binary:
        return Reply(header, {"Content-Type": JSON})
    return Reply(header + binary, {"Content-Type": BINARY, HEADER_LENGTH: str(len(header))})


TENSORS = Door(limit="MAX_BATCH_BYTES", read=_read, write=_write)
