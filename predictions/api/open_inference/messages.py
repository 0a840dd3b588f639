"""The request of a client to `infer`, decoded; the binary part of the body is cut off and kept."""

from typing import Annotated, Any

import msgspec

from predictions.contract.decoding import UNDECODABLE, decode

MOST_OF_A_DIMENSION = 2**31
NOT_SUPPORTED = ("shared_memory_region", "classification")


class BadInference(Exception):
    """The request does not follow the protocol, or names something that does not exist."""


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
