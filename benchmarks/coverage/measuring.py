"""One estimator compiled, proved and timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.refusals import NotCompilable

TIMES = 7
KINDS = {"b": Kind.BOOL, "O": Kind.TEXT, "f": Kind.FLOAT, "i": Kind.INT}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What became of one estimator; without a rung, `reason` says why."""

    name: str
    group: str
    rung: str = ""
    label_differences: int = 0
    ties: int = 0
    max_difference: float = 0.0
    own_us: float = 0.0
    served_us: float = 0.0
    compile_ms: float = 0.0
    reason: str = ""


def spec_of(frame: pd.DataFrame, output: pd.Series, **bounds: float) -> SignatureSpec:
    """Return the signature of the frame's columns; those with gaps need not be given."""
    features = []
    for name in frame:
        kind = KINDS.get(frame[name].dtype.kind, Kind.TEXT)
        limits = bounds if kind in (Kind.FLOAT, Kind.INT) else {}
        required = not frame[name].isna().any()
        features.append(FeatureSpec(name=str(name), kind=kind, required=bool(required), **limits))  # type: ignore[arg-type]
    is_label = output.dtype.kind != "f"
    labels = tuple(np.unique(output.to_numpy()).tolist()) if is_label else ()
    task = "classification" if is_label else "regression"
    return SignatureSpec(task, str(output.name), labels, tuple(features))


def measured(
    name: str, group: str, estimator: Any, frame: pd.DataFrame, output: pd.Series, **bounds: float
) -> Measured:
    """Compile the estimator, prove it on the frame, and time a row both ways."""
    spec = spec_of(frame, output, **bounds)
    rows = frame.assign(**{spec.output_name: output.to_numpy()})
    started = time.perf_counter()
    try:
        compiled = compile_and_prove(estimator, spec, rows)
    except NotCompilable as reason:
        return Measured(name=name, group=group, reason=str(reason))
    taken, parity = time.perf_counter() - started, compiled.parity
    version, row = load_bytes(compiled.served_form, spec), frame.iloc[:1]
    given = spec.rows_of(row)
    ask = estimator.predict_proba if hasattr(estimator, "predict_proba") else estimator.predict
    return Measured(
        name=name, group=group, rung=compiled.rung, label_differences=parity["label_differences"],
        ties=parity["ties"], max_difference=parity["max_difference"], compile_ms=taken * 1e3,
        own_us=_microseconds(lambda: ask(row), 3),
        served_us=_microseconds(lambda: version.predict(given), 200),
        reason="; ".join(compiled.refused_rungs.values()),
    )  # fmt: skip


def _microseconds(act: Callable[[], Any], count: int) -> float:
    """The least time of one call, of several rounds of `count` calls."""
    least = float("inf")
    for _ in range(TIMES):
        started = time.perf_counter()
        for _ in range(count):
            act()
        least = min(least, (time.perf_counter() - started) / count)
    return least * 1e6
