"""A graph from anywhere made to fit a signature: its inputs get our names, and take doubles."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from predictions.contract.signature import SignatureSpec
from predictions.registry.given.structure import checked_graph
from predictions.registry.refusals import NotCompilable, listed

NUMBERS = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL}


def check_onnx(content: bytes, spec: SignatureSpec) -> bytes:
    """Return the served form of an ONNX file that takes the signature's features and answers its output.

    It takes one matrix of as many numbers, or an input for each feature: by name, else in their order. Raises
    `NotCompilable`. Nothing is run: that belongs to a trial, within limits.
    """
    model = checked_graph(content)
    graph = model.graph
    known = {one.name for one in graph.initializer}
    given = [one for one in graph.input if one.name not in known]
    if len(given) == 1 and len(spec.features) > 1:
        _matrix(graph, given[0], spec)
    else:
        _columns(graph, given, spec)
    _outputs(graph, spec)
    return bytes(model.SerializeToString())


def _matrix(graph: onnx.GraphProto, given: onnx.ValueInfoProto, spec: SignatureSpec) -> None:
    width = [dim.dim_value for dim in given.type.tensor_type.shape.dim][-1:]
    if not spec.is_matrix or width not in ([0], [len(spec.features)]):
        raise NotCompilable("onnx_inputs", theirs="a matrix", ours=listed(spec.names))
    _renamed(graph, given, "features", is_text=False)


def _columns(graph: onnx.GraphProto, given: list[onnx.ValueInfoProto], spec: SignatureSpec) -> None:
    by_name = {one.name: one for one in given}
    if len(given) != len(spec.features):
        raise NotCompilable("onnx_inputs", theirs=listed(by_name), ours=listed(spec.names))
    has_names = set(by_name) == set(spec.names)
    inputs = [by_name[name] for name in spec.names] if has_names else given
    if spec.is_matrix and len(inputs) > 1:
        _split(graph, inputs)
        return
    for place, (one, feature) in enumerate(zip(inputs, spec.features, strict=True)):
        name = "features" if spec.is_matrix else f"c{place}"
        _renamed(graph, one, name, is_text=not feature.kind.is_number)


def _split(graph: onnx.GraphProto, inputs: list[onnx.ValueInfoProto]) -> None:
    """Give each input its column of the one matrix that is fed where all features are numbers."""
    matrix = helper.make_tensor_value_info("features", TensorProto.DOUBLE, [None, len(inputs)])
    for place, one in enumerate(inputs):
        index = f"served_column_{place}"
        graph.initializer.append(helper.make_tensor(index, TensorProto.INT64, [1], [place]))
        graph.node.insert(0, helper.make_node("Cast", [f"{index}_d"], [one.name], to=_number(one)))
        graph.node.insert(0, helper.make_node("Gather", ["features", index], [f"{index}_d"], axis=1))
        graph.input.remove(one)
    graph.input.append(matrix)


def _number(given: onnx.ValueInfoProto) -> int:
    kind: int = given.type.tensor_type.elem_type
    if kind not in NUMBERS:
        raise NotCompilable("onnx_inputs", theirs="texts", ours="numbers")
    return kind


def _renamed(graph: onnx.GraphProto, given: onnx.ValueInfoProto, name: str, *, is_text: bool) -> None:
    """Put a node behind an input of ours that gives the graph its own."""
    own = helper.make_tensor_value_info(
        name, TensorProto.STRING if is_text else TensorProto.DOUBLE, [None, None if name == "features" else 1]
    )
    if is_text and given.type.tensor_type.elem_type != TensorProto.STRING:
        raise NotCompilable("onnx_inputs", theirs="numbers", ours="texts")
    inside = f"served_{given.name}"
    for node in graph.node:
        node.input[:] = [inside if source == given.name else source for source in node.input]
    step = (
        helper.make_node("Identity", [name], [inside])
        if is_text
        else helper.make_node("Cast", [name], [inside], to=_number(given))
    )
    graph.node.insert(0, step)
    graph.input.remove(given)
    graph.input.append(own)


def _outputs(graph: onnx.GraphProto, spec: SignatureSpec) -> None:
    """Keep the label and the probabilities, or the value, in this order."""
    outputs = list(graph.output)
    if any(not one.type.HasField("tensor_type") for one in outputs):
        raise NotCompilable("onnx_outputs")
    most = 1 if spec.task == "regression" else 2
    if not 1 <= len(outputs) <= most:
        raise NotCompilable("onnx_outputs")
    numbers = {TensorProto.FLOAT, TensorProto.DOUBLE}
    kinds = [one.type.tensor_type.elem_type in numbers for one in outputs]
    if kinds == [True, False]:
        outputs.reverse()
        del graph.output[:]
        graph.output.extend(outputs)
    elif spec.task == "classification" and kinds not in ([False], [False, True]):
        raise NotCompilable("onnx_outputs")
