"""A short way to write a converter of skl2onnx: nodes and constants of the one graph that is being made."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

INT64 = onnx.TensorProto.INT64
BITS = 64  # of the graph that is being made


def number_type() -> Any:
    """Return skl2onnx's type of a number in the graph that is being made."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    return FloatTensorType if BITS == 32 else DoubleTensorType


class Ops:
    """The place in a graph where one estimator is written. Numbers have the graph's precision."""

    def __init__(self, scope: Any, operator: Any, container: Any) -> None:
        self.scope, self.operator, self.container = scope, operator, container
        self.dtype = np.dtype(np.float32 if BITS == 32 else np.float64)
        self.number = onnx.TensorProto.FLOAT if BITS == 32 else onnx.TensorProto.DOUBLE

    def __call__(self, op: str, *inputs: str, to: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node with one output, called `to` if given; return the output's name."""
        name = to or self.scope.get_unique_variable_name(op.lower())
        node = self.scope.get_unique_operator_name(op)
        self.container.add_node(op, list(inputs), [name], op_domain=domain, name=node, **attributes)
        return name

    def const(self, values: Any, dtype: Any = None) -> str:
        """Add a constant, of the graph's precision unless `dtype` is given; return its name."""
        array = np.asarray(values, dtype=dtype or self.dtype)
        name = self.scope.get_unique_variable_name("const")
        self.container.add_initializer(name, None, None, numpy_helper.from_array(array, name))
        return name

    def texts(self, values: list[str]) -> str:
        """Add a constant of texts; return its name."""
        name = self.scope.get_unique_variable_name("texts")
        encoded = [value.encode() for value in values]
        self.container.add_initializer(name, onnx.TensorProto.STRING, [len(values)], encoded)
        return name

    def columns(self, name: str, places: Any) -> str:
        """Return some columns of a matrix."""
        return self("Gather", name, self.const(places, np.int64), axis=1)

    def matrix(self, *, without: Collection[int] = ()) -> str:
        """Return all inputs, but those at some places, as one matrix of numbers; empty if none is left."""
        names = [
            one.full_name if isinstance(one.type, number_type()) else self.cast(one.full_name, self.number)
            for place, one in enumerate(self.operator.inputs)
            if place not in without
        ]
        return self("Concat", *names, axis=1) if len(names) > 1 else "".join(names)

    def text_inputs(self) -> dict[int, str]:
        """Return the names of the inputs that are texts, (n, 1) each, by their place."""
        from skl2onnx.common.data_types import StringTensorType

        inputs = enumerate(self.operator.inputs)
        return {place: one.full_name for place, one in inputs if isinstance(one.type, StringTensorType)}

    def cast(self, name: str, number: int, *, to: str = "") -> str:
        """Return `name` as another type of number."""
        result = to or self.scope.get_unique_variable_name("cast")
        node = self.scope.get_unique_operator_name("Cast")
        self.container.add_node("Cast", [name], [result], name=node, to=number)
        return result

    def label(self, positions: str, classes: np.ndarray) -> None:
        """Write the first output: the labels at some positions (n,) of the classes."""
        to = self.operator.outputs[0].full_name
        if classes.dtype.kind in "biuf":
            names = self.const(classes.astype(np.int64), np.int64)
        else:
            names = self.texts([str(label) for label in classes])
        self("Gather", names, positions, to=to, axis=0)

    def most(self, shares: str) -> str:
        """Return the position of each row's first largest number, as numpy's argmax."""
        return self("ArgMax", shares, axis=1, keepdims=0)

    def answer(self, name: str, output: int = 0) -> None:
        """Write an output."""
        self("Identity", name, to=self.operator.outputs[output].full_name)

    def ask(self, estimator: Any, *, is_classifier: bool, inputs: Any = None) -> list[str]:
        """Add another estimator, asked the same inputs; return the names of its outputs."""
        from skl2onnx._supported_operators import sklearn_operator_name_map
        from skl2onnx.common.data_types import Int64TensorType

        alias = sklearn_operator_name_map[type(estimator)]
        asked = self.scope.declare_local_operator(alias, estimator)
        asked.inputs = inputs or self.operator.inputs
        if is_classifier:
            asked.outputs.append(self.scope.declare_local_variable("label", Int64TensorType()))
        asked.outputs.append(self.scope.declare_local_variable("answer", number_type()()))
        return [one.onnx_name for one in asked.outputs]
