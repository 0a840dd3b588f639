"""From the input tensors of a request to rows that the signature accepts."""

from __future__ import annotations

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
        _check_shape(tensor)
        refuse_too_many(tensor.shape[0], most)
    rest = Binary(binary)
    if _is_one_matrix(request.inputs, spec):
        columns = _columns_of_matrix(request.inputs[0], rest, spec)
    else:
        columns = _columns(request.inputs, rest, spec)
    rest.refuse_rest()
    return reader.read_columns(columns)


def _check_shape(tensor: InputTensor) -> None:
    if len(tensor.shape) not in (1, 2) or min(tensor.shape) < 1:
        raise BadInference(f"{tensor.name}: shape should be [rows] or [rows, columns], at least 1 of each.")


def _is_one_matrix(inputs: list[InputTensor], spec: SignatureSpec) -> bool:
    """By its shape where it has the name of a feature; any other name is as good as ours."""
    if not spec.is_matrix or len(inputs) != 1:
        return False
    is_feature = any(inputs[0].name == feature.name for feature in spec.features)
    return not is_feature or inputs[0].shape[1:] == [len(spec.features)]


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
            raise BadInference(f"There is no input {tensor.name}: there are {', '.join(features)}.")
        if tensor.name in columns:
            raise BadInference(f"{tensor.name}: there are two inputs of this name.")
        if tensor.shape[1:] not in ([], [1]):
            raise BadInference(f"{tensor.name}: shape should be [rows] or [rows, 1].")
        columns[tensor.name] = _as_kind(features[tensor.name], tensor, values_of(tensor, binary))
    missing = [name for name, feature in features.items() if feature.required and name not in columns]
    if missing:
        raise BadInference(f"Inputs are missing: {', '.join(missing)}.")
    return columns


def _as_kind(feature: FeatureSpec, tensor: InputTensor, values: list[Any]) -> list[Any]:
    """Turn whole floats and 0 and 1 into what the feature is; refuse what no number of it could be."""
    if not _fits(feature.kind, tensor.datatype):
        what = f"the {feature.kind} feature {feature.name}"
        raise BadInference(f"{tensor.name}: {tensor.datatype} is no datatype for {what}.")
    if feature.kind is Kind.BOOL and tensor.datatype != "BOOL":
        return [{0: False, 1: True}.get(value, value) for value in values]
    if feature.kind is Kind.INT and tensor.datatype in FLOATING:
        return [int(value) if value is not None and value.is_integer() else value for value in values]
    return values


def _fits(kind: Kind, datatype: str) -> bool:
    """Texts are bytes; truth values are their own or numbers, for a matrix has one datatype for all."""
    if kind is Kind.TEXT or datatype == "BYTES":
        return kind is Kind.TEXT and datatype == "BYTES"
    return kind is Kind.BOOL or datatype != "BOOL"
