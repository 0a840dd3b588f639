"""What a graph takes and answers, in the words of a refusal."""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from predictions.registry.refusals import listed, shown

THEIRS = "given/"  # stands before each name of a given graph, so that none is one of ours


def name_of(one: onnx.ValueInfoProto) -> str:
    """Return the name that the file has."""
    return shown(one.name.removeprefix(THEIRS), 60)


def names_of(some: Iterable[onnx.ValueInfoProto]) -> str:
    """Return the names of some inputs or outputs, as a text."""
    return listed(map(name_of, some))


def kind_of(one: onnx.ValueInfoProto) -> int:
    """Return the type of a tensor's elements, 0 for what is no tensor."""
    return int(one.type.tensor_type.elem_type)


def rank_of(one: onnx.ValueInfoProto) -> int | None:
    """Return how many dimensions a tensor has; None where the file does not say."""
    tensor = one.type.tensor_type
    return len(tensor.shape.dim) if tensor.HasField("shape") else None


def described(one: onnx.ValueInfoProto) -> str:
    """Return "X (float, 2 dimensions)"."""
    if not one.type.HasField("tensor_type"):
        return f"{name_of(one)} (no array)"
    known = kind_of(one) in onnx.TensorProto.DataType.values()
    kind = onnx.TensorProto.DataType.Name(kind_of(one)).lower() if known else "an unknown type"
    rank = rank_of(one)
    return f"{name_of(one)} ({kind}{'' if rank is None else f', {rank} dimensions'})"
