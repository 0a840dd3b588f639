"""KBinsDiscretizer with its own edges: with 32 bits a value that lies at one is in another bin."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.operations import Ops, number_type


def shapes_of_bins(operator: Any) -> None:
    """Say how wide the output is."""
    model = operator.raw_operator
    is_ordinal = model.encode == "ordinal"
    width = len(model.n_bins_) if is_ordinal else int(np.sum(model.n_bins_))
    operator.outputs[0].type = number_type()([None, width])


def convert_bins(scope: Any, operator: Any, container: Any) -> None:
    """Of each column how many edges its value has reached, as a number or one-hot."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    matrix = ops.matrix()
    columns = [
        _bin_of(ops, ops.columns(matrix, [place]), edges, is_ordinal=model.encode == "ordinal")
        for place, edges in enumerate(model.bin_edges_)
    ]
    ops.answer(columns[0] if len(columns) == 1 else ops("Concat", *columns, axis=1))


def _bin_of(ops: Ops, column: str, edges: np.ndarray, *, is_ordinal: bool) -> str:
    reached = ops.cast(ops("GreaterOrEqual", column, ops.const(edges[None, 1:-1])), ops.number)
    place = ops("ReduceSum", reached, ops.const([1], np.int64), keepdims=1)
    if is_ordinal:
        return place
    return ops.cast(ops("Equal", place, ops.const(np.arange(len(edges) - 1)[None, :])), ops.number)
