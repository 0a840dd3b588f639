"""A given graph tried on rows: there is no scikit-learn to compare it with, so its parity is "none"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.contract.answers import Answers, same_answers
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.compiling import Compiled, golden_rows, library_versions, load_bytes
from predictions.registry.given.fitting import check_onnx
from predictions.registry.given.outputs import LABEL
from predictions.registry.given.plausible import refuse_implausible, refuse_other_order
from predictions.registry.proving.change import rows_of
from predictions.registry.proving.injected import changes
from predictions.registry.refusals import NotCompilable

if TYPE_CHECKING:
    import pandas as pd

    from predictions.registry.loading import LoadedVersion

ALONE = 20  # rows that are also asked one by one


def compile_given(content: bytes, spec: SignatureSpec, frame: pd.DataFrame) -> tuple[Compiled, Answers]:
    """Check a graph, make it fit, ask it the complete rows of `frame` and made-up ones; return its answers.

    Raises `NotCompilable`. For a process with limits: a graph can still fill memory or hang.
    """
    served_form, rows = check_onnx(content, spec), spec.answerable(frame)
    if rows.empty:
        raise NotCompilable("no_rows")
    near = [change for change in changes(None, spec, rows) if change.kind != "farther"]
    made_up = rows_of(near, spec, rows)
    try:
        served = _tried(load_bytes(served_form, spec), spec, rows, made_up)
    except NotCompilable:
        raise
    except Exception as error:  # onnxruntime raises its own kinds, which share no base
        refusals.raise_if_out_of_memory(error)
        raise NotCompilable("onnx_does_not_run", kind=refusals.kind_in_words(error)) from error
    compiled = Compiled(
        served_form=served_form, estimator="onnx", params={}, libraries=library_versions(),
        parity={"kind": "none", "rows": len(rows), "made_up_rows": len(made_up)},
        golden_rows=golden_rows(rows, spec, served), rung="onnx_given",
    )  # fmt: skip
    return compiled, served


def _tried(version: LoadedVersion, spec: SignatureSpec, rows: pd.DataFrame, made_up: pd.DataFrame) -> Answers:
    """Return the answers to `rows`. Raises `NotCompilable`, and whatever onnxruntime raises."""
    served = version.predict_frame(rows)
    refuse_implausible(served, spec, len(rows))
    if len(made_up):
        refuse_implausible(version.predict_frame(made_up), spec, len(made_up))
    alone = version.predict_frame(rows.iloc[:ALONE], at_once=1)
    expected: dict[str, Any] = {"outputs": served.outputs[:ALONE]}
    if served.probabilities is not None:
        expected["probabilities"] = served.probabilities[:ALONE]
    if not same_answers(alone, expected, task=spec.task):
        raise NotCompilable("onnx_together")
    is_ours = version.output_names[0] == LABEL
    refuse_other_order(served, spec, rows[spec.output_name].tolist() if is_ours else None)
    return served
