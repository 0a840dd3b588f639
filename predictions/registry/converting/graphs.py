"""What is done to a converted graph: it takes doubles, and has no scores that are no probabilities."""

from __future__ import annotations

from typing import Any

import onnx
from onnx import TensorProto, helper


def finished(model: Any, *, labels_only: bool) -> bytes:
    """Return the bytes of a graph as it is served."""
    if labels_only:
        del model.graph.output[1:]
    for given in list(model.graph.input):
        if given.type.tensor_type.elem_type == TensorProto.FLOAT:
            _take_doubles(model.graph, given)
    return bytes(model.SerializeToString())


def _take_doubles(graph: onnx.GraphProto, given: onnx.ValueInfoProto) -> None:
    """Put a cast behind an input of 32 bits."""
    name, inside = given.name, f"{given.name}_of_32_bits"
    for node in graph.node:
        for i, source in enumerate(node.input):
            if source == name:
                node.input[i] = inside
    given.type.tensor_type.elem_type = TensorProto.DOUBLE
    graph.node.insert(0, helper.make_node("Cast", [name], [inside], name=inside, to=TensorProto.FLOAT))
