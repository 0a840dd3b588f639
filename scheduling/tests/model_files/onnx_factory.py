"""ONNX files as people have them: from skl2onnx, made by hand as PyTorch writes them, and rubbish."""

from itertools import pairwise

import numpy as np
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

NAMES = ("age", "price")
PLAIN = {"target_opset": {"": 21, "ai.onnx.ml": 3}}


def from_sklearn(model):
    """What skl2onnx makes of a classifier of a matrix of two numbers."""
    initial = [("X", FloatTensorType([None, len(NAMES)]))]
    return to_onnx(model, initial_types=initial, options={"zipmap": False}, **PLAIN).SerializeToString()


def network(*, last="Softmax", names=("input",), rows="batch", weight=1.0, nodes=()):
    """A layer and its probabilities alone, as PyTorch writes them: more price and less age is more yes."""
    weights = np.array([[0.05, -0.05], [-0.05, 0.05]], dtype=np.float32) * weight
    first = helper.make_node("MatMul", ["joined", "w"], ["raw"])
    joined = (
        helper.make_node("Identity", list(names), ["joined"])
        if len(names) == 1
        else helper.make_node("Concat", list(names), ["joined"], axis=1)
    )
    width = 2 if len(names) == 1 else 1
    graph = helper.make_graph(
        [joined, first, helper.make_node(last, ["raw"], ["output"]), *nodes],
        "main_graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [rows, width]) for name in names],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [rows, 2])],
        [helper.make_tensor("w", TensorProto.FLOAT, [2, 2], weights.ravel())],
    )
    return made(graph)


def made(graph, **changes):
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opset, producer_name="pytorch", **changes)
    model.ir_version = 10
    return model.SerializeToString()


def of_nodes(*nodes, initializers=(), kind=TensorProto.FLOAT, shape=("batch", 2), takes=("batch", 2)):
    """A graph of these nodes from `input` to `output`."""
    return made(
        helper.make_graph(
            list(nodes), "g",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, takes)],
            [helper.make_tensor_value_info("output", kind, shape)],
            list(initializers),
        )
    )  # fmt: skip


def nested(depth):
    """An If within an If, so many times."""
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    inner = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [], [value])
    for _ in range(depth):
        branches = {"then_branch": inner, "else_branch": helper.make_graph([], "g", [], [value])}
        inner = helper.make_graph([helper.make_node("If", ["x"], ["y"], **branches)], "g", [], [value])
    return inner


def deeper(depth):
    """The bytes of a graph so deep that the library itself cannot write it."""

    def field(number, content):
        size, length = len(content), b""
        while size > 127:
            length, size = length + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + content

    graph = b""
    for _ in range(depth):  # graph.node[0].attribute[0].g
        graph = field(1, field(5, field(6, graph)))
    return b"\x08\x0a" + field(7, graph)


def external():
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [2, 2], [0.0] * 4)
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return of_nodes(helper.make_node("MatMul", ["input", "w"], ["output"]), initializers=[tensor])


def vast():
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 2**40])
    return of_nodes(helper.make_node("MatMul", ["input", "w"], ["output"]), initializers=[tensor])


def endless():
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"])], "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []),
         helper.make_tensor_value_info("go", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, [])],
    )  # fmt: skip
    return of_nodes(helper.make_node("Loop", ["", ""], ["output"], body=body))


def doubling(times):
    """A chain that doubles its columns each time: 300 rows would need terabytes."""
    names = ["input", *[f"x{place}" for place in range(times)]]
    nodes = [helper.make_node("Concat", [one, one], [next_], axis=1) for one, next_ in pairwise(names)]
    last = helper.make_node("ReduceMean", [names[-1]], ["output"], keepdims=1)
    return of_nodes(*nodes, last)


def node(kind, *, domain="", takes=("input",), **attributes):
    return helper.make_node(kind, list(takes), ["output"], domain=domain, **attributes)


RUBBISH = {  # what -> how it is made, and the code of the refusal
    "a custom operator": (lambda: of_nodes(node("Own", domain="com.own")), "onnx_structure"),
    "an operator of one runtime": (lambda: of_nodes(node("Gelu", domain="com.microsoft")), "onnx_structure"),
    "data in another file": (external, "onnx_structure"),
    "a tensor of terabytes": (vast, "onnx_structure"),
    "a loop without end": (endless, "onnx_structure"),
    "graphs ten deep": (lambda: made(nested(10)), "onnx_structure"),
    "graphs a thousand deep": (lambda: deeper(1_000), "onnx_structure"),
    "half a file": (lambda: network()[:-60], "onnx_structure"),
    "only a beginning": (lambda: b"\x08\x0a\x12\x07pytorch", "onnx_structure"),
    "nodes without number": (
        lambda: of_nodes(*[helper.make_node("Identity", ["input"], [f"n{i}"]) for i in range(6_000)]),
        "onnx_structure",
    ),
    "a sequence": (
        lambda: of_nodes(node("SequenceConstruct"), kind=TensorProto.FLOAT), "onnx_structure"
    ),
    "random answers": (lambda: of_nodes(node("RandomNormalLike")), "onnx_structure"),
    "an image": (lambda: of_nodes(node("Identity"), takes=("batch", 3, 8, 8)), "onnx_inputs"),
    "three columns": (lambda: of_nodes(node("Softmax"), takes=("batch", 3)), "onnx_inputs"),
    "three inputs": (lambda: network(names=("a", "b", "c")), "onnx_inputs"),
    "small numbers": (
        lambda: of_nodes(node("Cast", to=TensorProto.FLOAT16), kind=TensorProto.FLOAT16), "onnx_outputs"
    ),
    "no probabilities": (lambda: network(last="Identity"), "onnx_no_shares"),
    "other shapes": (
        lambda: of_nodes(node("ReduceSum", keepdims=1), shape=("a", "b")), "onnx_rows"
    ),
    "columns in another order": (lambda: network(weight=-1.0), "onnx_order"),
    "of all rows together": (lambda: of_nodes(node("Softmax", axis=0)), "onnx_no_shares"),
    "memory without end": (lambda: doubling(40), "memory"),
    "no numbers": (lambda: of_nodes(helper.make_node("Log", ["input"], ["raw"]),
                                    helper.make_node("Softmax", ["raw"], ["output"])), "onnx_not_finite"),
    "an index of nowhere": (
        lambda: of_nodes(
            node("Gather", takes=("input", "i"), axis=1),
            initializers=[helper.make_tensor("i", TensorProto.INT64, [2], [0, 10**6])],
        ), "onnx_does_not_run",
    ),
}  # fmt: skip
