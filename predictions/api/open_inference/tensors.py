"""The values of a tensor: out of JSON or out of the binary part, and back."""

import math
import struct
from functools import cache
from itertools import chain
from typing import Annotated, Any

import msgspec
import numpy as np

from predictions.contract.decoding import UNDECODABLE
from predictions.contract.numbers import counted

WHOLE = {"INT8": "<i1", "INT16": "<i2", "INT32": "<i4", "INT64": "<i8", "UINT8": "<u1", "UINT16": "<u2",
         "UINT32": "<u4", "UINT64": "<u8"}  # fmt: skip
FLOATING = {"FP16": "<f2", "FP32": "<f4", "FP64": "<f8"}
NUMPY = WHOLE | FLOATING | {"BOOL": "?"}
DATATYPES = (*NUMPY, "BYTES")
MOST_OF_A_DIMENSION = 2**31
UINT64_MOST = 2**64 - 1  # larger than the decoder allows as a bound


class BadInference(Exception):
    """The request does not follow the protocol, or names something that does not exist."""


class InputTensor(msgspec.Struct):
    """One input; without `data` its values are in the binary part."""

    name: str
    shape: list[Annotated[int, msgspec.Meta(le=MOST_OF_A_DIMENSION)]]
    datatype: str
    data: msgspec.Raw = msgspec.Raw()
    parameters: dict[str, Any] = {}


class Binary:
    """The bytes after the JSON, taken tensor by tensor."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, tensor: InputTensor, size: Any) -> bytes:
        """Return the next `size` bytes. Raises `BadInference` if there are fewer."""
        if type(size) is not int or not 0 <= size <= len(self._content) - self._at:
            message = "binary_data_size should be the number of its bytes after the JSON."
            raise BadInference(f"{tensor.name}: {message}")
        self._at += size
        return self._content[self._at - size : self._at]

    def refuse_rest(self) -> None:
        """Raise `BadInference` if bytes are left that belong to no input."""
        if self._at < len(self._content):
            raise BadInference("The body has more bytes than the binary_data_size of all inputs together.")


def values_of(tensor: InputTensor, binary: Binary) -> list[Any]:
    """Return the values as Python objects, row by row; a missing one is None. Raises `BadInference`."""
    if tensor.datatype not in DATATYPES:
        raise BadInference(f"{tensor.name}: datatype should be one of {', '.join(DATATYPES)}.")
    size = tensor.parameters.get("binary_data_size")
    if size is not None and not tensor.data:
        values = _from_bytes(tensor, binary.take(tensor, size))
    elif tensor.data:
        values = _from_json(tensor)
    else:
        raise BadInference(f"{tensor.name}: the input should have data.")
    if len(values) != (needed := math.prod(tensor.shape)):
        message = f"the shape {tensor.shape} needs {counted(needed, 'value')}, but there are {len(values)}."
        raise BadInference(f"{tensor.name}: {message}")
    return values


@cache
def _decoders(datatype: str) -> tuple[msgspec.json.Decoder[Any], msgspec.json.Decoder[Any]]:
    """For flat data, and for data nested as two dimensions."""
    kind: Any = {"BOOL": bool, "BYTES": str, "UINT64": Annotated[int, msgspec.Meta(ge=0)]}.get(datatype)
    if kind is None:
        limits: Any = np.iinfo(NUMPY[datatype]) if datatype in WHOLE else np.finfo(NUMPY[datatype])
        number = int if datatype in WHOLE else float
        kind = Annotated[number, msgspec.Meta(ge=number(limits.min), le=number(limits.max))]
    return msgspec.json.Decoder(list[kind | None]), msgspec.json.Decoder(list[list[kind | None]])


def _from_json(tensor: InputTensor) -> list[Any]:
    flat, nested = _decoders(tensor.datatype)
    content = bytes(tensor.data)
    is_nested = content.lstrip()[1:].lstrip()[:1] == b"["
    try:
        rows = nested.decode(content) if is_nested else [flat.decode(content)]
    except UNDECODABLE as error:
        raise BadInference(f"{tensor.name}: data does not fit {tensor.datatype}: {error}") from None
    if is_nested and (len(tensor.shape) != 2 or any(len(row) != tensor.shape[1] for row in rows)):
        raise BadInference(f"{tensor.name}: the nesting of data does not match the shape {tensor.shape}.")
    values = list(chain.from_iterable(rows)) if is_nested else rows[0]
    if tensor.datatype == "UINT64" and any(value and value > UINT64_MOST for value in values):
        raise BadInference(f"{tensor.name}: data does not fit UINT64: Expected `int` <= {UINT64_MOST}")
    return values


def _from_bytes(tensor: InputTensor, content: bytes) -> list[Any]:
    if tensor.datatype == "BYTES":
        return _texts(tensor, content)
    kind = np.dtype(NUMPY[tensor.datatype])
    if len(content) % kind.itemsize:
        message = f"{len(content)} bytes are not a multiple of the size of {tensor.datatype}."
        raise BadInference(f"{tensor.name}: {message}")
    array = np.frombuffer(content, dtype=kind)
    values = array.tolist()
    if tensor.datatype in FLOATING and np.isnan(array).any():  # the only way to send a missing value as bytes
        values = [None if value != value else value for value in values]
    return values


def _texts(tensor: InputTensor, content: bytes) -> list[str]:
    """Each text comes after its length, in four bytes with the lowest first."""
    texts, at = [], 0
    try:
        while at < len(content):
            (length,) = struct.unpack_from("<I", content, at)
            if at + 4 + length > len(content):
                raise BadInference(f"{tensor.name}: the length of a text goes beyond the end of the bytes.")
            texts.append(content[at + 4 : at + 4 + length].decode())
            at += 4 + length
    except (struct.error, UnicodeDecodeError):
        message = "the bytes should be UTF-8 texts, each after its length."
        raise BadInference(f"{tensor.name}: {message}") from None
    return texts


def to_bytes(values: list[Any], datatype: str) -> bytes:
    """Return the values of an output as its binary part."""
    if datatype != "BYTES":
        return np.array(values, dtype=NUMPY[datatype]).tobytes()
    texts = [str(value).encode() for value in values]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)
