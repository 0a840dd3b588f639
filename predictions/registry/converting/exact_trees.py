"""Trees with thresholds of 64 bits: the operators get them as tensors, and casts stand round them.

Version 3 of the operators reads doubles, but always answers in 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from onnx import TensorProto, numpy_helper

from predictions.registry.converting.tree_nodes import EXACT, add_tree

OPERATORS = {"TreeEnsembleClassifier", "TreeEnsembleRegressor"}
NUMBERS = ("nodes_values", "class_weights", "target_weights", "base_values")
CONVERTERS = "skl2onnx.operator_converters"


@contextmanager
def written_by_us(bits: int) -> Iterator[None]:
    """Let skl2onnx write trees as this module and `tree_nodes` do, in graphs of 32 or 64 bits."""
    from skl2onnx.common._container import ModelComponentContainer

    plain = ModelComponentContainer.add_node
    with ExitStack() as changed:
        for module in ("random_forest", "decision_tree", "gradient_boosting"):
            place = f"{CONVERTERS}.{module}.add_tree_to_attribute_pairs"
            changed.enter_context(patch(place, add_tree))
        # A forest's probabilities would be declared as 32 bits, whatever its inputs are.
        changed.enter_context(patch("skl2onnx._parse.RandomForestClassifier", None))
        changed.enter_context(patch.object(ModelComponentContainer, "add_node", _adding(plain, bits)))
        yield


def _adding(plain: Callable[..., None], bits: int) -> Callable[..., None]:
    """Return a method that adds a node as `plain` does, but for trees."""

    def add_node(self: Any, op: str, inputs: Any, outputs: Any, *more: Any, **attributes: Any) -> None:
        if op not in OPERATORS:
            plain(self, op, inputs, outputs, *more, **attributes)
            return
        exact = {name: attributes.pop(f"{EXACT}{name}", ()) for name in NUMBERS}
        tracks = attributes.get("nodes_missing_value_tracks_true", [])
        attributes["nodes_missing_value_tracks_true"] = [int(one) for one in tracks]
        if bits == 32:
            plain(self, op, inputs, outputs, *more, **attributes)
            return
        source = inputs if isinstance(inputs, str) else inputs[0]
        places = [outputs] if isinstance(outputs, str) else list(outputs)
        answer = places[-1]
        source = _cast(self, plain, source, TensorProto.DOUBLE)
        places[-1] = f"{answer}_32"
        plain(self, op, [source], places, **_as_doubles(attributes, exact))
        plain(self, "Cast", [places[-1]], [answer], name=f"{answer}_64", to=TensorProto.DOUBLE)

    return add_node


def _cast(container: Any, plain: Callable[..., None], source: str, number: int) -> str:
    result = f"{source}_{number}_{len(container.nodes)}"
    plain(container, "Cast", [source], [result], name=result, to=number)
    return result


def _as_doubles(attributes: dict[str, Any], exact: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of version 3, with tensors of doubles."""
    kept = {name: value for name, value in attributes.items() if name != "nodes_hitrates"}
    for name in NUMBERS:
        rounded = kept.pop(name, ())
        if len(values := exact[name] if len(exact[name]) else rounded):
            array = np.asarray(values, dtype=np.float64).ravel()
            kept[f"{name}_as_tensor"] = numpy_helper.from_array(array, f"{name}_as_tensor")
    return kept | {"op_version": 3, "op_domain": "ai.onnx.ml"}
