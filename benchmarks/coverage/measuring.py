"""One estimator compiled, or kept for the model host, then asked as the server asks it, and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry import artefacts
from predictions.registry.compiling import Compiled, load_bytes, prove
from predictions.registry.loading import HOST, Loadable, LoadedVersion, load_from
from predictions.registry.proof import compare
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import own_answers
from predictions.tables.features import wide_bounds
from scheduling.uploads.hosting import OWN

TIMES = 7
LADDER = ("onnx_64", "onnx_32", HOST, "")
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


def spec_of(
    frame: pd.DataFrame, output: pd.Series, *, categories: Sequence[str] = (), **bounds: float
) -> SignatureSpec:
    """Return the signature of the frame's columns; those with gaps need not be given.

    `categories` are texts that the model takes in the pandas type category; what the rows hold is listed.
    """
    features = []
    for name in frame:
        kind = Kind.CATEGORY if name in categories else KINDS.get(frame[name].dtype.kind, Kind.TEXT)
        how: dict[str, Any] = bounds if kind in (Kind.FLOAT, Kind.INT) else {}
        if kind is Kind.CATEGORY:
            how = {"categories": tuple(sorted(frame[name].dropna().unique())), "dtype": "category"}
        required = not frame[name].isna().any()
        features.append(FeatureSpec(name=str(name), kind=kind, required=bool(required), **how))
    is_label = output.dtype.kind != "f"
    labels = tuple(np.unique(output.to_numpy()).tolist()) if is_label else ()
    task = "classification" if is_label else "regression"
    return SignatureSpec(task, str(output.name), labels, tuple(features))


def as_inferred(spec: SignatureSpec, frame: pd.DataFrame) -> SignatureSpec:
    """Return the signature with the bounds that registering the frame gives."""
    features = []
    for feature in spec.features:
        if feature.kind in (Kind.FLOAT, Kind.INT):
            low, high = wide_bounds(float(frame[feature.name].min()), float(frame[feature.name].max()))
            feature = replace(feature, minimum=low, maximum=high)
        features.append(feature)
    return replace(spec, features=tuple(features))


def measured(
    name: str, group: str, estimator: Any, frame: pd.DataFrame, output: pd.Series, **bounds: Any
) -> Measured:
    """Measure with the signature of the frame's columns."""
    return measured_with(spec_of(frame, output, **bounds), name, group, estimator, frame, output)


def measured_with(
    spec: SignatureSpec, name: str, group: str, estimator: Any, frame: pd.DataFrame, output: pd.Series
) -> Measured:
    """Find the estimator's form, compare its answers with the estimator's own, and time a row both ways.

    A model host must be within reach for what has no ONNX form.
    """
    rows = spec.answerable(frame.assign(**{spec.output_name: output.to_numpy()}))
    started = time.perf_counter()
    try:
        expected = own_answers(estimator, spec, rows)
        compiled = prove(estimator, spec, rows, expected=expected, host=OWN)
    except NotCompilable as reason:
        return Measured(name=name, group=group, reason=str(reason))
    taken, version, row = time.perf_counter() - started, _loaded(compiled, name, spec), frame.iloc[:1]
    found = compare(expected, version.predict_frame(rows), spec.labels)
    given, plain = spec.given(row), spec.rows_of(row)
    ask = estimator.predict_proba if hasattr(estimator, "predict_proba") else estimator.predict
    return Measured(
        name=name, group=group, rung=compiled.rung, label_differences=found["label_differences"],
        ties=found["ties"], max_difference=found["max_difference"], compile_ms=taken * 1e3,
        own_us=_microseconds(lambda: ask(given), 3),
        served_us=_microseconds(lambda: version.predict(plain), 20 if version.is_hosted else 200),
        reason="; ".join(compiled.refused_rungs.values()),
    )  # fmt: skip


def both(found: list[Measured]) -> Measured:
    """Return the one that has the lowest rung, with what differed in all of them."""
    return replace(
        max(found, key=lambda one: LADDER.index(one.rung)),
        label_differences=sum(one.label_differences for one in found),
        ties=sum(one.ties for one in found),
        max_difference=max(one.max_difference for one in found),
    )


def _loaded(compiled: Compiled, name: str, spec: SignatureSpec) -> LoadedVersion:
    """Load it as a web worker does."""
    if compiled.rung != HOST:
        return load_bytes(compiled.served_form, spec)
    path = artefacts.store(compiled.served_form, folder="models/coverage", filename="served.skops")
    sha256 = artefacts.sha256_of(compiled.served_form)
    return load_from(Loadable(
        version_id=0, model=name, label="1", name="", filename="", spec=spec, rung=HOST, served_form=path,
        served_form_sha256=sha256, golden_rows=compiled.golden_rows,
    ))  # fmt: skip


def _microseconds(act: Callable[[], Any], count: int) -> float:
    """The least time of one call, of several rounds of `count` calls."""
    least = float("inf")
    for _ in range(TIMES):
        started = time.perf_counter()
        for _ in range(count):
            act()
        least = min(least, (time.perf_counter() - started) / count)
    return least * 1e6
