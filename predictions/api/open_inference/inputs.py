"""From the input tensors of a request to rows that the signature accepts."""

from typing import Any

from predictions.api.open_inference.messages import BadInference, InferRequest, InputTensor
from predictions.api.open_inference.tensors import FLOATING, Binary, values_of
from predictions.contract.bodies import BodyReader, refuse_too_many
from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec

MATRIX = "features"


def rows_of(
    request: InferRequest, binary: bytes, spec: SignatureSpec, reader: BodyReader, *, most: int
) -> list[tuple[Any, ...]]:
    """Return the rows: of one matrix (numbers only), or of one input for each column.

    Raises `BadInference` for tensors, `InvalidInput` for values, `TooManyRows` over `most`.
    """
    for tensor in request.inputs:
        if len(tensor.shape) not in (1, 2) or min(tensor.shape) < 1:
            raise BadInference(f"{tensor.name}: shape should be [rows] or [rows, columns], each at least 1.")
        refuse_too_many(tensor.shape[0], most)
    rest = Binary(binary)
    if _is_one_matrix(request.inputs, spec):
        columns = _columns_of_matrix(request.inputs[0], rest, spec)
    else:
        columns = _columns(request.inputs, rest, spec)
    rest.refuse_rest()
    return reader.read_columns(columns)


def _is_one_matrix(inputs: list[InputTensor], spec: SignatureSpec) -> bool:
    """A matrix may have any name; where it is the name of a feature, the shape decides."""
    if not spec.is_matrix or len(inputs) != 1:
        return False
    return inputs[0].name not in spec.names or inputs[0].shape[1:] == [len(spec.features)]


def _columns_of_matrix(tensor: InputTensor, binary: Binary, spec: SignatureSpec) -> dict[str, list[Any]]:
    width = len(spec.features)
    if tensor.shape[1:] != [width]:
        raise BadInference(f"{tensor.name}: shape should be [rows, {width}], one column for each feature.")
    values = values_of(tensor, binary)
    return {
        feature.name: _as_kind(feature, tensor, values[i::width]) for i, feature in enumerate(spec.features)
    }


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
    is_text, is_bool = feature.kind is Kind.TEXT, feature.kind is Kind.BOOL
    # Booleans may be numbers, for all columns of a matrix have one datatype.
    if is_text != (tensor.datatype == "BYTES") or (tensor.datatype == "BOOL" and not is_bool):
        what = f"the {feature.kind} feature {feature.name}"
        raise BadInference(f"{tensor.name}: the datatype {tensor.datatype} does not fit {what}.")
    if is_bool and tensor.datatype != "BOOL":
        return [{0: False, 1: True}.get(value, value) for value in values]
    if feature.kind is Kind.INT and tensor.datatype in FLOATING:
        return [int(value) if value is not None and value.is_integer() else value for value in values]
    return values
