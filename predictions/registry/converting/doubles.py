"""Graphs in which every number between two steps has 64 bits, whatever skl2onnx declares it as.

It guesses a type from the first input, and takes 32 bits where that is a text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

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
        if bits == 64:
            _declare_doubles(changed)
        yield


def _modules_with(name: str) -> list[Any]:
    loaded = [module for key, module in sys.modules.items() if key.startswith("skl2onnx")]
    return [module for module in loaded if name in vars(module)]


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

    changed.enter_context(patch.object(Topology, "call_shape_calculator", call_shape_calculator))
    changed.enter_context(patch.object(Topology, "call_converter", call_converter))
    for module in _modules_with("guess_tensor_type"):
        changed.enter_context(patch.object(module, "guess_tensor_type", lambda _: DoubleTensorType()))
