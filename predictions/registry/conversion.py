"""From a fitted scikit-learn estimator to ONNX, by skl2onnx; a forest's nodes are written a tree at a time.

skl2onnx writes them one by one, which takes three times as long. What comes out is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.sklearn_answers import with_parameters

MODES = np.array(["BRANCH_LEQ", "LEAF"], dtype=object)


def convert(estimator: Any, spec: SignatureSpec) -> bytes:
    """Return the ONNX form: one float32 matrix in where all features are numbers, else columns.

    Its outputs are the label and the probabilities; one alone where there are no probabilities.
    """
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    if spec.is_matrix:
        inputs: list[Any] = [("features", FloatTensorType([None, len(spec.features)]))]
    else:
        types = {Kind.TEXT: StringTensorType}
        inputs = [(f.name, types.get(f.kind, FloatTensorType)([None, 1])) for f in spec.features]
    options = {"zipmap": False} if spec.task == "classification" else None
    try:
        opset = {"": 21, "ai.onnx.ml": 3}
        _let_linear_svc_take_the_options()
        with fast_forests(), with_parameters(estimator, flatten_transform=False):
            model = to_onnx(estimator, initial_types=inputs, options=options, target_opset=opset)
        if not hasattr(estimator, "predict_proba"):
            del model.graph.output[1:]  # the scores of a classifier are no probabilities
        return bytes(model.SerializeToString())
    except Exception as error:  # the converter raises whatever it meets
        refusals.raise_if_out_of_memory(error)
        raise refusals.not_converted(estimator, error) from error


def _let_linear_svc_take_the_options() -> None:
    """In a Pipeline skl2onnx gives every classifier the option `zipmap`, and refuses it of this one."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes as shapes
    from skl2onnx.operator_converters.linear_classifier import convert_sklearn_linear_classifier as convert
    from sklearn.svm import LinearSVC

    names = ("zipmap", "nocl", "output_class_labels", "raw_scores")
    options: Any = {key: [True, False] for key in names}
    update_registered_converter(
        LinearSVC, "SklearnLinearSVC", shapes, convert, overwrite=True, options=options
    )


@contextmanager
def fast_forests() -> Iterator[None]:
    """Let skl2onnx's converters of forests call `add_tree`."""
    from skl2onnx.operator_converters import random_forest

    slow = random_forest.add_tree_to_attribute_pairs
    random_forest.add_tree_to_attribute_pairs = add_tree
    try:
        yield
    finally:
        random_forest.add_tree_to_attribute_pairs = slow


def add_tree(
    attributes: dict[str, Any],
    is_classifier: bool,
    tree: Any,
    tree_id: int,
    tree_weight: float,
    first_label: int,
    are_counts: bool,
    adjust_thresholds: bool = False,
    dtype: Any = None,
) -> None:
    """Do what skl2onnx's `add_tree_to_attribute_pairs` does, whose arguments these are."""
    left, right, count = tree.children_left, tree.children_right, tree.node_count
    places = np.arange(count)
    leaf = (left <= places) & (right <= places)
    thresholds = _thresholds(tree.threshold) if adjust_thresholds else tree.threshold
    columns = {
        "nodes_treeids": [tree_id] * count,
        "nodes_nodeids": places.tolist(),
        "nodes_featureids": np.where(leaf, 0, tree.feature).tolist(),
        "nodes_modes": MODES[leaf.astype(int)].tolist(),
        "nodes_values": np.where(leaf, 0.0, thresholds).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, left).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, right).tolist(),
        "nodes_missing_value_tracks_true": [0] * count,
        "nodes_hitrates": [1.0] * count,
    }
    weights = _weights(tree.value[leaf], tree_weight, are_counts=are_counts)
    if is_classifier and weights.shape[1] == 2:
        weights = weights[:, 1:]
    kind, labels = ("class" if is_classifier else "target"), weights.shape[1]
    columns |= {
        f"{kind}_treeids": [tree_id] * weights.size,
        f"{kind}_nodeids": np.repeat(places[leaf], labels).tolist(),
        f"{kind}_ids": np.tile(np.arange(labels) + first_label, len(weights)).tolist(),
        f"{kind}_weights": weights.ravel().tolist(),
    }
    for name, values in columns.items():
        attributes[name].extend(values)


def _thresholds(exact: np.ndarray) -> np.ndarray:
    """Return the largest 32-bit numbers that are not above: x <= each is true for the same x of 32 bits."""
    near = exact.astype(np.float32)
    span = np.maximum(np.abs(near), np.finfo(np.float32).eps) * np.float32(10)
    return np.where(near <= exact, near, np.nextafter(near, near - span)).astype(float)


def _weights(values: np.ndarray, tree_weight: float, *, are_counts: bool) -> np.ndarray:
    """Return what each leaf adds to the answer, (leaves, labels)."""
    flat = values.reshape(len(values), -1)
    if not are_counts:
        return flat * tree_weight
    sums = flat.sum(axis=1)
    return np.asarray(flat * (tree_weight / np.where(sums == 0, 1.0, sums))[:, None])
