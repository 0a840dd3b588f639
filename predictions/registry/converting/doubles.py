"""Graphs in which every number between two steps has 64 bits, whatever skl2onnx declares it as.

It guesses a type from the first input, and takes 32 bits where that is a text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from onnx import TensorProto

from predictions.registry.converting import operations
from predictions.registry.converting.exact_trees import written_by_us


@contextmanager
def numbers_of(bits: int) -> Iterator[None]:
    """Let skl2onnx write graphs of 32 or 64 bits, and several inputs go to any estimator."""
    with ExitStack() as changed, written_by_us(bits), patch.object(operations, "BITS", bits):
        for name in ("check_input_and_output_numbers", "check_input_and_output_types"):
            for module in _modules_with(name):
                changed.enter_context(patch.object(module, name, lambda *_, **__: None))
        # Ours are by id. It reads all of a model to see that: of a forest also which rows each tree had.
        for module in _modules_with("_process_options"):
            changed.enter_context(patch.object(module, "_process_options", lambda _, options: options))
        if bits == 64:
            _declare_doubles(changed)
        yield


def _modules_with(name: str) -> list[Any]:
    loaded = [module for key, module in sys.modules.items() if key.startswith("skl2onnx")]
    return [module for module in loaded if name in vars(module)]


def normalize(scope: Any, inputs: Any, outputs: Any, container: Any, norm: str, use_float: bool) -> None:
    """Divide each row by its norm, but for rows of zeros: skl2onnx's own would make them no numbers."""
    (given,), (to,) = np.atleast_1d(inputs), np.atleast_1d(outputs)
    ops = operations.Ops(scope, None, container)
    sizes = ops("Abs", str(given)) if norm == "MAX" else str(given)
    reduce = {"L1": "ReduceL1", "L2": "ReduceL2", "MAX": "ReduceMax"}[norm]
    size = ops(reduce, sizes, ops.const([1], np.int64), keepdims=1)
    is_zero = ops("Equal", size, ops.const(0.0))
    ops("Div", str(given), ops("Where", is_zero, ops.const(1.0), size), to=str(to))


def _declare_doubles(changed: ExitStack) -> None:
    from skl2onnx.common._topology import Topology
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    shapes, convert = Topology.call_shape_calculator, Topology.call_converter

    def call_shape_calculator(self: Any, operator: Any) -> None:
        shapes(self, operator)
        for one in operator.outputs:
            if type(one.type) is FloatTensorType:
                one.__dict__["single"] = True
                one.type = DoubleTensorType(one.type.shape)

    def call_converter(self: Any, operator: Any, container: Any, **more: Any) -> None:
        singles = [(one, one.onnx_name, one.type) for one in operator.outputs if one.__dict__.get("single")]
        for one, name, kind in singles:
            one.__dict__.update(_onnx_name=f"{name}_single", _type=FloatTensorType(kind.shape))
        convert(self, operator, container, **more)
        for one, name, kind in singles:
            one.__dict__.update(_onnx_name=name, _type=kind)
            container.add_node(
                "Cast", [f"{name}_single"], [name], name=f"{name}_double", to=TensorProto.DOUBLE
            )

    for module in _modules_with("apply_normalizer"):
        changed.enter_context(patch.object(module, "apply_normalizer", normalize))
    changed.enter_context(patch.object(Topology, "call_shape_calculator", call_shape_calculator))
    changed.enter_context(patch.object(Topology, "call_converter", call_converter))
    for module in _modules_with("guess_tensor_type"):
        changed.enter_context(patch.object(module, "guess_tensor_type", lambda _: DoubleTensorType()))
