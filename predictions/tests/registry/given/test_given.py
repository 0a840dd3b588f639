"""ONNX files from anywhere: those that are served, and those that are refused before anything runs them."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge

from predictions.registry.compiling import load_bytes
from predictions.registry.given import structure
from predictions.registry.given.fitting import check_onnx
from predictions.registry.given.trial import compile_given
from predictions.registry.refusals import NotCompilable
from predictions.tests.registry.converting.conversions import (
    fitted,
    put_theirs_back,
    spec_of,
    table,
)

FRAME = table()
SPEC = spec_of(FRAME)
MODEL = fitted(LogisticRegression(), FRAME, SPEC)
FOREST = fitted(RandomForestClassifier(3, random_state=0), FRAME, SPEC)
MATRIX = [("X", FloatTensorType([None, 2]))]
PLAIN = {"target_opset": {"": 21, "ai.onnx.ml": 3}}


@pytest.fixture(autouse=True)
def theirs(monkeypatch):
    """The graphs come from elsewhere, where skl2onnx has none of our converters."""
    put_theirs_back(monkeypatch)


def graph(model=MODEL, inputs=MATRIX):
    options = {"zipmap": False} if hasattr(model, "classes_") else None
    return to_onnx(model, initial_types=inputs, options=options, **PLAIN)


def refused(changed, code="onnx_structure", spec=SPEC):
    content = changed if isinstance(changed, bytes) else changed.SerializeToString()
    with pytest.raises(NotCompilable) as caught:
        check_onnx(content, spec)
    assert caught.value.code == code


@pytest.mark.parametrize("model", [MODEL, FOREST], ids=["line", "forest"])
def test_a_graph_of_a_matrix_is_served_under_our_names(model):
    made, _ = compile_given(graph(model).SerializeToString(), SPEC, FRAME)
    assert (made.rung, made.parity["kind"], made.parity["rows"]) == ("onnx_given", "none", len(FRAME))
    served = load_bytes(made.served_form, SPEC).predict_frame(FRAME)
    expected = model.predict_proba(FRAME[list(SPEC.names)])
    np.testing.assert_allclose(served.probabilities, expected, atol=1e-5)


def test_a_graph_of_one_input_for_each_feature_is_too():
    content = onnx.load_from_string(graph().SerializeToString())
    parts = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in SPEC.names]
    del content.graph.input[:]
    content.graph.input.extend(reversed(parts))  # by name, not by order
    content.graph.node.insert(0, helper.make_node("Concat", list(SPEC.names), ["X"], axis=1))
    served = load_bytes(check_onnx(content.SerializeToString(), SPEC), SPEC).predict_frame(FRAME)
    expected = MODEL.predict_proba(FRAME[list(SPEC.names)])
    np.testing.assert_allclose(served.probabilities, expected, atol=1e-5)


def test_a_graph_of_a_regression_is_too():
    spec = spec_of(FRAME, output="z")
    model = fitted(Ridge(), FRAME, spec)
    made, _ = compile_given(graph(model).SerializeToString(), spec, FRAME)
    assert made.golden_rows["outputs"] == pytest.approx(
        model.predict(FRAME[list(spec.names)])[: len(made.golden_rows["outputs"])], rel=1e-4
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04pickle", b"\x00" * 100])
def test_what_is_no_graph_is_refused(content):
    refused(content)


def test_a_graph_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(structure, "MOST_BYTES", 100)
    refused(graph())
    monkeypatch.setattr(structure, "MOST_BYTES", 10**6)
    monkeypatch.setattr(structure, "MOST_NODES", 0)
    refused(graph())


@pytest.mark.parametrize(("domain", "operator"), [("", "Loop"), ("", "ConstantOfShape"), ("com.own", "Add")])
def test_other_operators_are_refused(domain, operator):
    changed = graph()
    changed.graph.node.append(helper.make_node(operator, ["X"], ["more"], domain=domain))
    refused(changed)


def test_other_files_and_graphs_within_and_functions_are_refused():
    changed = graph()
    tensor = changed.graph.initializer.add(name="far", data_type=TensorProto.FLOAT, dims=[2])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    refused(changed)
    changed = graph()
    changed.graph.node[0].attribute.append(helper.make_attribute("body", helper.make_graph([], "g", [], [])))
    refused(changed)
    changed = graph()
    changed.functions.add(name="f", domain="own")
    refused(changed)
    changed = graph()
    changed.graph.initializer.add(name="wide", data_type=TensorProto.FLOAT, dims=[2**20, 2**20])
    refused(changed)


@pytest.mark.parametrize(
    "name", ["nodes_truenodeids", "nodes_falsenodeids", "nodes_nodeids", "nodes_modes", "nodes_treeids"]
)
def test_a_tree_that_is_none_is_refused(name):
    """A circle loads, and never answers."""
    changed = graph(FOREST)
    node = next(node for node in changed.graph.node if node.op_type.startswith("Tree"))
    attribute = next(one for one in node.attribute if one.name == name)
    if name == "nodes_modes":
        attribute.strings[0] = b"LEAF"
    else:
        attribute.ints[0] = {"nodes_nodeids": 1, "nodes_treeids": 10**6}.get(name, 0)
    refused(changed)


def test_dictionaries_of_probabilities_are_refused_with_the_remedy():
    refused(to_onnx(MODEL, initial_types=MATRIX, **PLAIN))


def test_other_inputs_and_outputs_are_refused():
    refused(graph(inputs=[("X", FloatTensorType([None, 3]))]), code="onnx_inputs")
    refused(graph(), code="onnx_outputs", spec=spec_of(FRAME, output="z"))
    changed = graph()
    del changed.graph.output[1]
    changed.graph.output[0].type.tensor_type.elem_type = TensorProto.UINT8
    refused(changed, code="onnx_outputs")


def test_other_labels_and_gaps_that_are_no_numbers_are_refused():
    spec = spec_of(FRAME, gaps=True)
    with pytest.raises(NotCompilable) as caught:
        compile_given(graph().SerializeToString(), spec, FRAME)
    assert caught.value.code == "onnx_not_finite"
    renamed = graph()
    for tensor in renamed.graph.initializer:
        if tensor.data_type == TensorProto.STRING:
            tensor.CopyFrom(numpy_helper.from_array(np.array(["maybe", "yes"], dtype=object), tensor.name))
    for node in renamed.graph.node:
        for one in node.attribute:
            if one.name == "classlabels_strings":
                one.strings[0] = b"maybe"
    with pytest.raises(NotCompilable) as caught:
        compile_given(renamed.SerializeToString(), SPEC, FRAME)
    assert caught.value.code == "onnx_labels"
