"""From what a version answered to the output tensors that a client asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from predictions.api.open_inference.messages import BadInference, InferRequest
from predictions.api.open_inference.tensors import to_bytes
from predictions.contract.signature import SignatureSpec
from predictions.registry.loading import LoadedVersion
from predictions.serving.answering import Answered

PREDICT, PREDICT_PROBA = "predict", "predict_proba"
encode = msgspec.json.Encoder().encode


class Output(NamedTuple):
    """An output as metadata tells of it; -1 is as many as there are rows."""

    name: str
    datatype: str
    shape: list[int]


def outputs_of(spec: SignatureSpec) -> list[Output]:
    """The label or the value of each row and, for a classification, the probability of each label."""
    if spec.task == "regression":
        return [Output(PREDICT, "FP32", [-1])]
    return [
        Output(PREDICT, _datatype(spec.labels), [-1]),
        Output(PREDICT_PROBA, "FP32", [-1, len(spec.labels)]),
    ]


def _datatype(labels: Iterable[Any]) -> str:
    kinds = {type(label) for label in labels}
    alike = {bool: "BOOL", int: "INT64", float: "FP64"}
    return alike.get(kinds.pop(), "BYTES") if len(kinds) == 1 else "BYTES"


def wanted(request: InferRequest, spec: SignatureSpec) -> list[tuple[Output, bool]]:
    """Return the outputs to give, and whether in bytes; all where none is named. Raises `BadInference`."""
    known = {output.name: output for output in outputs_of(spec)}
    in_bytes = request.parameters.get("binary_data_output") is True
    if not request.outputs:
        return [(output, in_bytes) for output in known.values()]
    chosen = []
    for asked in request.outputs:
        if asked.name not in known:
            raise BadInference(f"There is no output {asked.name}: there are {', '.join(known)}.")
        chosen.append((known[asked.name], asked.parameters.get("binary_data", in_bytes) is True))
    return chosen


def response(
    version: LoadedVersion, request: InferRequest, chosen: list[tuple[Output, bool]], answered: Answered
) -> tuple[bytes, bytes]:
    """Return the JSON of a response and, where bytes were asked for, what follows it."""
    body: dict[str, Any] = {"model_name": version.model, "model_version": version.label}
    if request.id is not None:
        body["id"] = request.id
    tensors, parts = [], []
    for output, in_bytes in chosen:
        values = _values(output, answered)
        shape = [len(answered.answers.outputs), *output.shape[1:]]
        tensor: dict[str, Any] = {"name": output.name, "shape": shape, "datatype": output.datatype}
        if in_bytes:
            parts.append(to_bytes(values, output.datatype))
            tensor["parameters"] = {"binary_data_size": len(parts[-1])}
        else:
            tensor["data"] = values
        tensors.append(tensor)
    body |= {"parameters": {"prediction_ids": ",".join(answered.ids)}, "outputs": tensors}
    return encode(body), b"".join(parts)


def _values(output: Output, answered: Answered) -> list[Any]:
    answers = answered.answers
    if output.name == PREDICT_PROBA and answers.probabilities is not None:
        return answers.probabilities.reshape(-1).tolist()
    values = answers.outputs
    return [str(value) for value in values] if output.datatype == "BYTES" else values
