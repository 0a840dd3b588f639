"""The request of a client to `infer`: decoded, and its tensors turned into rows that the signature takes."""

from typing import Any

import msgspec

from predictions.api.open_inference.tensors import FLOATING, BadInference, Binary, InputTensor, values_of
from predictions.contract.bodies import refuse_too_many
from predictions.contract.decoding import UNDECODABLE, Row, decode
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.loading import LoadedVersion

MATRIX = "features"
NOT_SUPPORTED = ("shared_memory_region", "classification")


class RequestedOutput(msgspec.Struct):
    """One output that the client wants."""

    name: str
    parameters: dict[str, Any] = {}


class InferRequest(msgspec.Struct):
    """The JSON part of a request; fields that the protocol does not have are ignored."""

    inputs: list[InputTensor]
    id: str | None = None
    parameters: dict[str, Any] = {}
    outputs: list[RequestedOutput] | None = None


_decoder = msgspec.json.Decoder(InferRequest)


def read_request(body: bytes, header_length: str | None) -> tuple[InferRequest, bytes]:
    """Return the request and the bytes after its JSON of this length. Raises `BadInference`."""
    length = len(body)
    if header_length is not None:
        text = header_length
        if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= length):
            message = "should be the length of the JSON in the body."
            raise BadInference(f"Inference-Header-Content-Length {message}")
        length = int(text)
    try:
        request = decode(_decoder, body[:length])
    except msgspec.ValidationError as error:
        raise BadInference(f"The request does not follow the protocol: {error}") from None
    except UNDECODABLE:
        raise BadInference("The request should be valid JSON.") from None
    for tensor in (*request.inputs, *(request.outputs or [])):
        for name in NOT_SUPPORTED:
            if name in tensor.parameters:
                raise BadInference(f"{tensor.name}: this server does not support the parameter {name}.")
    return request, body[length:]


def rows_of(request: InferRequest, binary: bytes, version: LoadedVersion, *, most: int) -> list[Row]:
    """Return the rows: of one matrix (numbers only), or of one input for each column.

    Raises `BadInference` for tensors, `InvalidInput` for values, `TooManyRows` over `most`.
    """
    for tensor in request.inputs:
        if len(tensor.shape) not in (1, 2) or min(tensor.shape) < 1:
            raise BadInference(f"{tensor.name}: shape should be [rows] or [rows, columns], each at least 1.")
        refuse_too_many(tensor.shape[0], most)
    rest, spec = Binary(binary), version.spec
    if _is_one_matrix(request.inputs, spec):
        columns = _columns_of_matrix(request.inputs[0], rest, spec)
    else:
        columns = _columns(request.inputs, rest, spec)
    rest.refuse_rest()
    return version.reader.read_columns(columns)


def _is_one_matrix(inputs: list[InputTensor], spec: SignatureSpec) -> bool:
    """A matrix may have any name; where it is the name of a feature, the shape decides."""
    if not spec.takes_matrix or len(inputs) != 1:
        return False
    return inputs[0].name not in spec.names or inputs[0].shape[1:] == [len(spec.features)]


def _columns_of_matrix(tensor: InputTensor, binary: Binary, spec: SignatureSpec) -> dict[str, list[Any]]:
    width = len(spec.features)
    if tensor.shape[1:] != [width]:
        raise BadInference(f"{tensor.name}: shape should be [rows, {width}], one column for each feature.")
    values = values_of(tensor, binary)
    return {each.name: _as_kind(each, tensor, values[i::width]) for i, each in enumerate(spec.features)}


def _columns(inputs: list[InputTensor], binary: Binary, spec: SignatureSpec) -> dict[str, list[Any]]:
    features = {feature.name: feature for feature in spec.features}
    columns: dict[str, list[Any]] = {}
    for tensor in inputs:
        if tensor.name not in features:
            raise BadInference(f"There is no input {tensor.name}. The inputs are {', '.join(features)}.")
        if tensor.name in columns:
            raise BadInference(f"{tensor.name}: two inputs have this name.")
        if tensor.shape[1:] not in ([], [1]):
            raise BadInference(f"{tensor.name}: shape should be [rows] or [rows, 1].")
        columns[tensor.name] = _as_kind(features[tensor.name], tensor, values_of(tensor, binary))
    if missing := [name for name, each in features.items() if each.required and name not in columns]:
        raise BadInference(f"These inputs are missing: {', '.join(missing)}.")
    return columns


def _as_kind(feature: FeatureSpec, tensor: InputTensor, values: list[Any]) -> list[Any]:
    """Turn whole floats, and 0 and 1, into the feature's kind. Raises `BadInference` for a wrong datatype."""
    is_text, is_bool = feature.kind.is_json_text, feature.kind is Kind.BOOL
    # Booleans may be numbers, for all columns of a matrix have one datatype.
    if is_text != (tensor.datatype == "BYTES") or (tensor.datatype == "BOOL" and not is_bool):
        what = f"the {feature.kind} feature {feature.name}"
        raise BadInference(f"{tensor.name}: the datatype {tensor.datatype} does not fit {what}.")
    if is_bool and tensor.datatype != "BOOL":
        return [{0: False, 1: True}.get(value, value) for value in values]
    if feature.kind is Kind.INT and tensor.datatype in FLOATING:
        return [int(value) if value is not None and value.is_integer() else value for value in values]
    return values
