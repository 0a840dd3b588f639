"""A given graph tried on rows: there is no scikit-learn to compare it with, so its parity is "none"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.compiling import Compiled, golden_rows, library_versions, load_bytes
from predictions.registry.given.fitting import check_onnx
from predictions.registry.proving.injected import changes, rows_of
from predictions.registry.refusals import NotCompilable

if TYPE_CHECKING:
    import pandas as pd

    from predictions.contract.answers import Answers


def compile_given(content: bytes, spec: SignatureSpec, frame: pd.DataFrame) -> Compiled:
    """Check a graph, make it fit, and ask it the complete rows of `frame` and made-up ones.

    Raises `NotCompilable`. For a process with limits: a graph can still fill memory or hang.
    """
    served_form, rows = check_onnx(content, spec), spec.answerable(frame)
    if rows.empty:
        raise NotCompilable("no_rows")
    made_up = rows_of(changes(None, spec, rows), spec, rows)
    try:
        version = load_bytes(served_form, spec)
        served = version.predict_frame(rows)
        for answers in (served, version.predict_frame(made_up)):
            _check(answers, spec)
    except NotCompilable:
        raise
    except Exception as error:  # onnxruntime raises its own kinds, which share no base
        refusals.raise_if_out_of_memory(error)
        raise NotCompilable("onnx_does_not_run", kind=refusals.kind_in_words(error)) from error
    return Compiled(
        served_form=served_form, estimator="onnx", params={}, libraries=library_versions(),
        parity={"kind": "none", "rows": len(rows), "made_up_rows": len(made_up)},
        golden_rows=golden_rows(rows, spec, served), rung="onnx_given",
    )  # fmt: skip


def _check(answers: Answers, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` unless the answers are the signature's labels, and shares of them, or numbers."""
    if spec.task == "regression":
        numbers = np.asarray(answers.outputs, dtype=float)
    else:
        if other := {*answers.outputs} - {*spec.labels}:
            raise NotCompilable("onnx_labels", theirs=refusals.listed(other))
        shares = answers.probabilities
        numbers = np.zeros(1) if shares is None else np.asarray(shares)
        if shares is not None and numbers.shape != (len(answers.outputs), len(spec.labels)):
            raise NotCompilable("onnx_outputs")
    if not np.isfinite(numbers).all():
        raise NotCompilable("onnx_not_finite")
