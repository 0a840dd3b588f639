"""What a client sends to `infer`, decoded; the binary part of the body is cut off and kept."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from predictions.contract.decoding import UNDECODABLE, decode

MOST_OF_A_DIMENSION = 2**31
NOT_SUPPORTED = ("shared_memory_region", "classification")


class BadInference(Exception):
    """A request that is not in the protocol, or asks for what is not there."""


class InputTensor(msgspec.Struct):
    """One input; without `data` its values are in the binary part."""

    name: str
    shape: list[Annotated[int, msgspec.Meta(le=MOST_OF_A_DIMENSION)]]
    datatype: str
    data: msgspec.Raw = msgspec.Raw()
    parameters: dict[str, Any] = {}


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
    """Return the request and the bytes after its JSON. Raises `BadInference`.

    `header_length` is the header `Inference-Header-Content-Length`: how long the JSON is.
    """
    length = len(body) if header_length is None else _length(header_length, most=len(body))
    try:
        request = decode(_decoder, body[:length])
    except msgspec.ValidationError as error:
        raise BadInference(f"The request is not in the protocol: {error}") from None
    except UNDECODABLE:
        raise BadInference("The request is no valid JSON.") from None
    for tensor in request.inputs:
        _refuse_parameters(tensor.name, tensor.parameters)
    for output in request.outputs or []:
        _refuse_parameters(output.name, output.parameters)
    return request, body[length:]


def _refuse_parameters(tensor: str, parameters: dict[str, Any]) -> None:
    for name in NOT_SUPPORTED:
        if name in parameters:
            raise BadInference(f"{tensor}: the parameter {name} is not supported.")


def _length(text: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= most):
        raise BadInference("Inference-Header-Content-Length should be the length of the JSON in the body.")
    return int(text)
