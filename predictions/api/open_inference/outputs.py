"""What a version answers in the protocol: its metadata, and the output tensors that a client requested."""

import json
from typing import Any, NamedTuple

import msgspec

from predictions.api.open_inference.inputs import MATRIX, InferRequest
from predictions.api.open_inference.tensors import BadInference, to_bytes
from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.loading import LoadedVersion
from predictions.serving.answering import Answered

PREDICT, PREDICT_PROBA = "predict", "predict_proba"
DATATYPE_OF = {bool: "BOOL", int: "INT64", float: "FP64"}
PLATFORM = "onnxruntime_onnx"
DATATYPE = {Kind.FLOAT: "FP64", Kind.INT: "INT64", Kind.BOOL: "BOOL"} | dict.fromkeys(
    (Kind.TEXT, Kind.CATEGORY, Kind.TIMESTAMP), "BYTES"
)
encode = msgspec.json.Encoder().encode


class Output(NamedTuple):
    """An output in a model's metadata; -1 stands for the number of rows."""

    name: str
    datatype: str
    shape: list[int]


def outputs_of(spec: SignatureSpec, *, probabilities: bool) -> list[Output]:
    """Return the outputs: the value of each row, or its label and the probabilities if there are any."""
    if spec.task == "regression":
        return [Output(PREDICT, "FP64", [-1])]
    kinds = {type(label) for label in spec.labels}
    datatype = DATATYPE_OF.get(kinds.pop(), "BYTES") if len(kinds) == 1 else "BYTES"
    of_labels = Output(PREDICT_PROBA, "FP32", [-1, len(spec.labels)])
    return [Output(PREDICT, datatype, [-1]), *([of_labels] if probabilities else [])]


def model_metadata(name: str, version: str, spec: SignatureSpec, *, probabilities: bool) -> dict[str, Any]:
    """Return the metadata of one version of a model."""
    # `properties` holds what tensors have no place for, each as JSON in a text, as the protocol requires.
    facts = {
        "features": list(spec.names),
        "optional": [feature.name for feature in spec.features if not feature.required],
        "labels": list(spec.labels),
    }
    return {
        "name": name,
        "versions": [version],
        "platform": PLATFORM,
        "inputs": _inputs(spec),
        "outputs": [output._asdict() for output in outputs_of(spec, probabilities=probabilities)],
        "properties": {name: json.dumps(values) for name, values in facts.items() if values},
    }


def _inputs(spec: SignatureSpec) -> list[dict[str, Any]]:
    """One matrix where all features are numbers, as clients of such models send; otherwise columns."""
    if spec.takes_matrix:
        return [{"name": MATRIX, "datatype": "FP64", "shape": [-1, len(spec.features)]}]
    return [{"name": f.name, "datatype": DATATYPE[f.kind], "shape": [-1, 1]} for f in spec.features]


def sample_request(spec: SignatureSpec) -> dict[str, Any]:
    """Return a request of one row, made of the examples of the features."""
    examples = list(spec.example.values())
    data = [[value] for value in examples]
    if spec.takes_matrix:
        data = [[None if value is None else float(value) for value in examples]]
    tensors = zip(_inputs(spec), data, strict=True)
    return {"inputs": [tensor | {"shape": [1, len(values)], "data": values} for tensor, values in tensors]}


def wanted(request: InferRequest, version: LoadedVersion) -> list[tuple[Output, bool]]:
    """Return the outputs to give, and whether as bytes; all if none is named. Raises `BadInference`."""
    outputs = outputs_of(version.spec, probabilities=version.has_probabilities)
    known = {output.name: output for output in outputs}
    in_bytes = request.parameters.get("binary_data_output") is True
    if not request.outputs:
        return [(output, in_bytes) for output in known.values()]
    chosen = []
    for asked in request.outputs:
        if asked.name not in known:
            raise BadInference(f"There is no output {asked.name}. The outputs are {', '.join(known)}.")
        chosen.append((known[asked.name], asked.parameters.get("binary_data", in_bytes) is True))
    return chosen


def response(
    version: LoadedVersion, request: InferRequest, chosen: list[tuple[Output, bool]], answered: Answered
) -> tuple[bytes, bytes]:
    """Return the JSON of a response and, for outputs as bytes, what follows it."""
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
    return [str(value) for value in answers.outputs] if output.datatype == "BYTES" else answers.outputs
