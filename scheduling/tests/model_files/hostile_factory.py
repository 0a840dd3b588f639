"""Served forms that answer their golden rows, and do something terrible to a row over 100."""

from dataclasses import replace

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from conftest import register

ROW = (1000.0, 3.5, 1.4, 0.2)  # what sets it off
GOLDEN = {"rows": [[5.1, 3.5, 1.4, 0.2]], "outputs": [0], "probabilities": [[0.5, 0.25, 0.25]]}


def register_hostile(model, forests, kind, *, name="hostile", of="strong"):
    """A version whose artefact is one of `forests`, and whose served form is of this kind."""
    artefact, compiled = forests[of]
    hostile = replace(compiled, served_form=served_form(kind), golden_rows=GOLDEN)
    return register(model, (artefact + kind.encode(), hostile), name=name, source="trained")


def served_form(kind):
    """The bytes of a graph that hangs (an endless loop) or eats memory (64 GB of zeros)."""
    features = helper.make_tensor_value_info("features", TensorProto.DOUBLE, [None, 4])
    label = helper.make_tensor_value_info("label", TensorProto.INT64, [None])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, [None, 3])
    graph = helper.make_graph(
        [*TRIGGER, *{"hangs": HANGS, "eats memory": EATS}[kind], *ANSWER],
        kind.replace(" ", "_"), [features], [label, probabilities], CONSTANTS,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 21)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def constant(name, value, dtype):
    return numpy_helper.from_array(np.array(value, dtype=dtype), name)


def loop_body():
    """Add 1 to what is carried, and go on as long as it began."""
    inputs = [
        helper.make_tensor_value_info("i", TensorProto.INT64, []),
        helper.make_tensor_value_info("go", TensorProto.BOOL, []),
        helper.make_tensor_value_info("carried", TensorProto.DOUBLE, []),
    ]
    outputs = [
        helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
        helper.make_tensor_value_info("more", TensorProto.DOUBLE, []),
    ]
    nodes = [
        helper.make_node("Identity", ["go"], ["go_on"]),
        helper.make_node("Add", ["carried", "one"], ["more"]),
    ]
    return helper.make_graph(nodes, "body", inputs, outputs)


CONSTANTS = [
    constant("hundred", 100, "float64"),
    constant("one", 1, "float64"),
    constant("zero", 0, "float64"),
    constant("huge", [2**33], "int64"),
    constant("small", [1], "int64"),
    constant("ever", 2**62, "int64"),
    constant("probability", [[0.5, 0.25, 0.25]], "float64"),
    constant("axes", [1], "int64"),
    constant("first", [0], "int64"),
]
TRIGGER = [
    helper.make_node("ReduceMax", ["features"], ["largest"], keepdims=0),
    helper.make_node("Greater", ["largest", "hundred"], ["triggered"]),
]
ZERO = constant("eight_bytes", [0], "float64")
HANGS = [helper.make_node("Loop", ["ever", "triggered", "zero"], ["waste"], body=loop_body())]
EATS = [
    helper.make_node("Where", ["triggered", "huge", "small"], ["size"]),
    helper.make_node("ConstantOfShape", ["size"], ["zeros"], value=ZERO),
    helper.make_node("ReduceMax", ["zeros"], ["waste"], keepdims=0),
]
ANSWER = [  # 0.5, 0.25, 0.25 and label 0 for every row, whatever was wasted
    helper.make_node("Mul", ["waste", "zero"], ["nothing"]),
    helper.make_node("ReduceSum", ["features", "axes"], ["sums"], keepdims=1),
    helper.make_node("Mul", ["sums", "zero"], ["empty"]),
    helper.make_node("Add", ["empty", "nothing"], ["column"]),
    helper.make_node("Add", ["column", "probability"], ["probabilities"]),
    helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
]
