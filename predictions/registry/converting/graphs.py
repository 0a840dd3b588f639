"""What is done to a converted graph: it takes doubles, and has no scores that are no probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from predictions.contract.signature import SignatureSpec


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


def put_in_order(graph: onnx.GraphProto, *, fitted: SignatureSpec, given: SignatureSpec) -> None:
    """Let a graph whose inputs are in the order of `fitted` take them in the order of `given`."""
    places = [given.names.index(name) for name in fitted.names]
    if places == sorted(places):
        return
    if given.is_matrix:
        _rename(graph, {"features": "features_as_fitted"})
        order = numpy_helper.from_array(np.array(places, dtype=np.int64), "order_as_fitted")
        graph.initializer.append(order)
        inputs = ["features", "order_as_fitted"]
        graph.node.insert(0, helper.make_node("Gather", inputs, ["features_as_fitted"], axis=1))
        return
    names = {f"c{i}": f"c{place}" for i, place in enumerate(places)}
    _rename(graph, names)
    for one in graph.input:
        one.name = names.get(one.name, one.name)


def _rename(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    """Rename what nodes take; all at once, as names may change places."""
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
