"""The structural gate for an ONNX graph from anywhere, before anything runs it. For the sandbox child only.

The runtime checks types and indices itself. This is against what it lets through: graphs that hang, or that
fill memory. Chained operators can still grow, so that a trial run within limits belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto

from predictions.registry.refusals import NotCompilable, raise_if_out_of_memory, shown

MOST_BYTES = 64_000_000
MOST_NODES = 5_000
MOST_ELEMENTS = 50_000_000
DOMAINS = {"", "ai.onnx.ml"}
NAMES = """
Abs Add And ArgMax ArgMin ArrayFeatureExtractor Binarizer Cast Ceil Clip Concat Constant Cos Div Equal
Erf Exp FeatureVectorizer Flatten Floor Gather GatherElements Gemm Greater GreaterOrEqual HardSigmoid
Identity Imputer IsInf IsNaN LabelEncoder LeakyRelu Less LessOrEqual LinearClassifier LinearRegressor Log
LogSoftmax MatMul Max Mean Min Mod Mul Neg Normalizer Not OneHot OneHotEncoder Or Pow Reciprocal ReduceL1
ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape
Round SVMClassifier SVMRegressor Scaler Selu Shape Sigmoid Sign Sin Slice Softmax Softplus Split Sqrt
Squeeze StringNormalizer Sub Sum Tan Tanh TfIdfVectorizer Tokenizer TopK Transpose TreeEnsembleClassifier
TreeEnsembleRegressor Unsqueeze Where Xor
"""
OPERATORS = frozenset(NAMES.split())


def checked_graph(content: bytes) -> onnx.ModelProto:
    """Return the graph of a file. Raises `NotCompilable` for the first thing that is not let in."""
    if len(content) > MOST_BYTES:
        raise _refused(f"it has more than {MOST_BYTES // 1_000_000} MB")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except Exception as error:  # protobuf's own kind, whose module depends on its version
        raise_if_out_of_memory(error)
        raise _refused("it is damaged, no ONNX model, or nested too deeply") from error
    for problem in _problems(model):
        raise _refused(problem)
    try:
        onnx.checker.check_model(model)
    except Exception as error:
        raise_if_out_of_memory(error)
        raise _refused("the checker of the onnx library refuses it") from error
    return model


def _refused(problem: str) -> NotCompilable:
    return NotCompilable("onnx_structure", problem=problem)


def _problems(model: onnx.ModelProto) -> Iterator[str]:
    graph = model.graph
    if model.functions or graph.sparse_initializer:
        yield "it has functions, or sparse numbers"
    if not 1 <= len(graph.node) <= MOST_NODES:
        yield f"it has {len(graph.node):,} nodes, and 1 to {MOST_NODES:,} are let in"
    yield from filter(None, map(_problem_of_tensor, graph.initializer))
    for node in graph.node:
        if node.domain not in DOMAINS or node.op_type not in OPERATORS:
            name = ":".join(filter(None, (node.domain, node.op_type)))
            hint = " (convert the model with zipmap=False)" if node.op_type == "ZipMap" else ""
            yield f"the operator {shown(name, 60)} is not let in{hint}"
        yield from filter(None, map(_problem_of_attribute, node.attribute))
        if node.op_type.startswith("TreeEnsemble") and not is_forest(node):
            yield "its trees are no trees"


def _problem_of_tensor(tensor: TensorProto) -> str:
    if tensor.external_data or tensor.data_location == TensorProto.EXTERNAL:
        return "it refers to other files"
    is_large = (
        any(size < 0 for size in tensor.dims) or np.prod([float(n) for n in tensor.dims]) > MOST_ELEMENTS
    )
    return "it has a tensor that is too large" if is_large else ""


def _problem_of_attribute(attribute: AttributeProto) -> str:
    if attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS):
        return "it has a graph within the graph"
    if attribute.type in (AttributeProto.SPARSE_TENSOR, AttributeProto.SPARSE_TENSORS):
        return "it has sparse numbers"
    tensors = [attribute.t] if attribute.type == AttributeProto.TENSOR else list(attribute.tensors)
    return next(filter(None, map(_problem_of_tensor, tensors)), "")


def is_forest(node: onnx.NodeProto) -> bool:
    """Whether every branch leads down to two nodes of its own tree, and no node has two above it."""
    values: dict[str, Any] = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    names = ("nodes_treeids", "nodes_nodeids", "nodes_modes", "nodes_truenodeids", "nodes_falsenodeids")
    columns = [list(values.get(name, [])) for name in names]
    if not columns[0] or len({len(column) for column in columns}) != 1:
        return False
    below: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for tree, place, mode, left, right in zip(*columns, strict=True):
        below[tree, place] = [] if mode == b"LEAF" else [(tree, left), (tree, right)]
    reached = [child for children in below.values() for child in children]
    if len(below) != len(columns[0]) or len(set(reached)) != len(reached) or not set(reached) <= set(below):
        return False
    parents = set(reached)
    waiting = [place for place in below if place not in parents]
    trees, seen = {tree for tree, _ in below}, 0
    if len(waiting) != len(trees):
        return False
    while waiting:
        seen += 1
        waiting += below[waiting.pop()]
    return seen == len(below)
