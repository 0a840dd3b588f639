"""Our outputs behind a given graph: a label and its probabilities, or one number."""

from __future__ import annotations

from typing import Any

import onnx
from onnx import TensorProto, helper

from predictions.contract.signature import SignatureSpec
from predictions.registry.given.words import described, kind_of
from predictions.registry.refusals import NotCompilable

SHARES = {TensorProto.FLOAT, TensorProto.DOUBLE}
LABELS = {TensorProto.STRING, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL}
LABEL = "label"
ASKED = {"classification": "a label and probabilities, or probabilities alone", "regression": "one number"}
Output = onnx.ValueInfoProto


def fit_outputs(graph: onnx.GraphProto, spec: SignatureSpec) -> None:
    """Leave the label and the probabilities, or the value, in this order. Raises `NotCompilable`."""
    found, kinds = list(graph.output), [kind_of(one) for one in graph.output]
    if spec.task == "regression":
        if len(found) != 1 or kinds[0] not in SHARES | LABELS - {TensorProto.STRING}:
            raise _other(found, spec)
        return
    shares = [one for one, kind in zip(found, kinds, strict=True) if kind in SHARES]
    labels = [one for one, kind in zip(found, kinds, strict=True) if kind in LABELS]
    if len(found) != len(shares) + len(labels) or max(len(shares), len(labels)) != 1:
        raise _other(found, spec)
    if not labels:
        labels = [_most_probable(graph, shares[0], spec)]
    del graph.output[:]
    graph.output.extend([*labels, *shares])


def _most_probable(graph: onnx.GraphProto, shares: Output, spec: SignatureSpec) -> Output:
    """Append nodes that answer the signature's label of the largest number, and return their output."""
    kind, values = _as_tensor(spec.labels)
    graph.initializer.append(helper.make_tensor("labels", kind, [len(values)], values))
    graph.node.append(helper.make_node("ArgMax", [shares.name], ["most"], axis=1, keepdims=0))
    graph.node.append(helper.make_node("Gather", ["labels", "most"], [LABEL], axis=0))
    return helper.make_tensor_value_info(LABEL, kind, [None])


def _as_tensor(labels: tuple[Any, ...]) -> tuple[int, list[Any]]:
    """Return the labels as a graph has them: booleans as whole numbers."""
    if all(isinstance(label, str) for label in labels):
        return TensorProto.STRING, [label.encode() for label in labels]
    if any(isinstance(label, float) for label in labels):
        return TensorProto.DOUBLE, [float(label) for label in labels]
    return TensorProto.INT64, [int(label) for label in labels]


def _other(found: list[Output], spec: SignatureSpec) -> NotCompilable:
    theirs = ", ".join(map(described, found[:3])) + (" and more" if len(found) > 3 else "")
    return NotCompilable("onnx_outputs", theirs=theirs or "nothing", ours=ASKED[spec.task])
