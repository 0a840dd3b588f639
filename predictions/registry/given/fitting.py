"""A graph from anywhere made to fit a signature: our inputs before it, our outputs behind it."""

from __future__ import annotations

from collections.abc import Iterator

import onnx

from predictions.contract.signature import SignatureSpec
from predictions.registry.given.inputs import fit_inputs
from predictions.registry.given.outputs import fit_outputs
from predictions.registry.given.structure import checked_graph
from predictions.registry.given.words import THEIRS

OLDEST, PLAIN = 17, ""  # of the plain operators, where a graph has none of its own


def check_onnx(content: bytes, spec: SignatureSpec) -> bytes:
    """Return the served form of an ONNX file that takes the signature's features and answers its output.

    It takes one matrix of as many numbers, or an input for each feature: by name, else in their order. It
    answers labels, labels and probabilities, or probabilities alone, in the order of the signature's labels.
    Raises `NotCompilable`. Nothing is run: that belongs to a trial, within limits.
    """
    model = checked_graph(content)
    if not any(one.domain == PLAIN for one in model.opset_import):
        model.opset_import.append(onnx.helper.make_opsetid(PLAIN, OLDEST))
    _rename(model.graph)
    fit_inputs(model.graph, spec)
    fit_outputs(model.graph, spec)
    return bytes(model.SerializeToString())


def _rename(graph: onnx.GraphProto) -> None:
    """Put `THEIRS` before the name of each tensor; what the graph says of shapes inside of it is dropped."""
    del graph.value_info[:]
    del graph.quantization_annotation[:]
    for node in graph.node:
        node.input[:] = [name and THEIRS + name for name in node.input]
        node.output[:] = [name and THEIRS + name for name in node.output]
    for one in _named(graph):
        one.name = THEIRS + one.name


def _named(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto | onnx.TensorProto]:
    yield from graph.input
    yield from graph.output
    yield from graph.initializer
