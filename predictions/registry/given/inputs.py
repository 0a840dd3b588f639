"""Our inputs before a given graph: doubles and texts, as `SignatureSpec.to_inputs` makes them."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry.given.words import described, kind_of, name_of, names_of, rank_of
from predictions.registry.refusals import NotCompilable, listed

NUMBERS = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL}
MATRIX = "features"
Input = onnx.ValueInfoProto


def fit_inputs(graph: onnx.GraphProto, spec: SignatureSpec) -> None:
    """Replace the inputs of a graph by ours, with nodes that give it its own. Raises `NotCompilable`."""
    known = {one.name for one in graph.initializer}
    given = [one for one in graph.input if one.name not in known]
    if len(given) == 1 and spec.is_matrix:
        _refuse_other_matrix(given[0], spec)
        nodes = [helper.make_node("Cast", [MATRIX], [given[0].name], to=kind_of(given[0]))]
    else:
        nodes = _columns(graph, _in_order(given, spec), spec)
    names = [MATRIX] if spec.is_matrix else [f"c{place}" for place in range(len(spec.features))]
    kinds = [TensorProto.STRING if one.kind.is_text else TensorProto.DOUBLE for one in spec.features]
    widths = [len(spec.features)] if spec.is_matrix else [1] * len(names)
    ours = [
        helper.make_tensor_value_info(name, kind, [None, width])
        for name, kind, width in zip(names, kinds, widths, strict=False)
    ]
    inside = [*nodes, *graph.node]
    del graph.input[:], graph.node[:]
    graph.input.extend(ours)
    graph.node.extend(inside)


def _refuse_other_matrix(given: Input, spec: SignatureSpec) -> None:
    dims = given.type.tensor_type.shape.dim
    width = dims[-1].dim_value if dims else 0  # 0: any
    if kind_of(given) not in NUMBERS or rank_of(given) not in (None, 2):
        raise _other(described(given), f"a matrix of the numbers {listed(spec.names)}")
    if width not in (0, len(spec.features)):
        raise _other(counted(width, "column"), _features(spec))


def _features(spec: SignatureSpec) -> str:
    return f"{counted(len(spec.features), 'feature')}: {listed(spec.names)}"


def _in_order(given: list[Input], spec: SignatureSpec) -> list[Input]:
    """Return the inputs in the order of the features: by their names, else as they stand."""
    if len(given) != len(spec.features):
        of_theirs = f"{counted(len(given), 'input')} ({names_of(given)})"
        raise _other(of_theirs, _features(spec))
    by_name = {name_of(one): one for one in given}
    return [by_name[name] for name in spec.names] if set(by_name) == set(spec.names) else given


def _columns(graph: onnx.GraphProto, inputs: list[Input], spec: SignatureSpec) -> list[onnx.NodeProto]:
    """Return the nodes that give each input its feature, (rows, 1)."""
    nodes = []
    for place, (one, feature) in enumerate(zip(inputs, spec.features, strict=True)):
        kinds = {TensorProto.STRING} if feature.kind.is_text else NUMBERS
        if kind_of(one) not in kinds or rank_of(one) not in (None, 2):
            what = "texts" if feature.kind.is_text else "numbers"
            raise _other(f"for {feature.name} {described(one)}", f"{what} there, of 2 dimensions")
        source = f"c{place}"
        if spec.is_matrix:
            graph.initializer.append(helper.make_tensor(f"place_{place}", TensorProto.INT64, [1], [place]))
            nodes.append(helper.make_node("Gather", [MATRIX, f"place_{place}"], [source], axis=1))
        if feature.kind.is_text:
            nodes.append(helper.make_node("Identity", [source], [one.name]))
        else:
            nodes.append(helper.make_node("Cast", [source], [one.name], to=kind_of(one)))
    return nodes


def _other(theirs: str, ours: str) -> NotCompilable:
    return NotCompilable("onnx_inputs", theirs=theirs, ours=ours)
