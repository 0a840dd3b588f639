"""From a fitted scikit-learn estimator to its served form, with the proof that both answer alike.

Runs in a child process only: importing scikit-learn and the converter takes seconds and 180 MB.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.converting.conversion import convert
from predictions.registry.loading import HOST, LoadedVersion, in_memory
from predictions.registry.proof import compare, rows_to_prove
from predictions.registry.proving.beyond import Beyond, beyond
from predictions.registry.proving.ties import others_by_score
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import own_answers

if TYPE_CHECKING:
    import pandas as pd

GOLDEN_ROWS = 5
MADE_UP = "made-up rows that the signature lets in"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One way to serve an estimator: how it is made and asked, and how near its numbers must be."""

    name: str
    make: Callable[[Any, SignatureSpec], bytes]
    tolerance: float
    ask: Callable[[bytes, SignatureSpec, pd.DataFrame], Answers]


def load_bytes(served_form: bytes, spec: SignatureSpec) -> LoadedVersion:
    """Load an ONNX form that is not registered yet."""
    return in_memory(served_form, spec=spec, version_id=0, model="", label="", name="", filename="")


def ask_onnx(served_form: bytes, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return the answers of an ONNX form that is not registered yet."""
    return load_bytes(served_form, spec).predict_frame(frame)


LADDER = (
    Rung(name="onnx_64", make=partial(convert, bits=64), tolerance=1e-6, ask=ask_onnx),
    Rung(name="onnx_32", make=partial(convert, bits=32), tolerance=1e-5, ask=ask_onnx),
)


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A served form with all that the registry keeps of how it was made."""

    served_form: bytes
    estimator: str
    params: dict[str, Any]
    libraries: dict[str, str]
    parity: dict[str, Any]
    golden_rows: dict[str, Any]
    rung: str = "onnx_64"
    refused_rungs: dict[str, str] = field(default_factory=dict)


def compile_and_prove(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Compiled:
    """Compile, then compare with scikit-learn on every complete row of `frame` (features, output).

    Raises `NotCompilable` unless all labels are equal, but for ties, and all numbers within the tolerance.
    """
    return prove(estimator, spec, spec.answerable(frame), expected=own_answers(estimator, spec, frame))


def prove(
    estimator: Any, spec: SignatureSpec, frame: pd.DataFrame, *, expected: Answers, host: Rung | None = None
) -> Compiled:
    """Compile, and compare with `expected`, scikit-learn's answers to `frame`. Raises `NotCompilable`.

    The first rung of the ladder that answers alike is taken; `host` is the last one, where the caller has it.
    If none does, the last one's reason is told.
    Of a large set the rows of `rows_to_prove` are compared.
    """
    ladder = (*LADDER, host) if host else LADDER
    positions = rows_to_prove(frame, spec, expected)
    some, wanted = frame.iloc[positions], expected.at(positions)
    more = beyond(estimator, spec, some)
    refused: dict[str, NotCompilable] = {}
    for rung in ladder:
        try:
            served_form, served, parity = _climb(rung, estimator, spec, (some, wanted), more)
        except NotCompilable as reason:
            refused[rung.name] = reason
            continue
        return Compiled(
            served_form=served_form,
            estimator=f"{type(estimator).__module__}.{type(estimator).__qualname__}",
            params=_as_json(estimator.get_params()),
            libraries=library_versions(),
            parity=parity | {"of": len(frame)},
            golden_rows=golden_rows(some, spec, served),
            rung=rung.name,
            refused_rungs={name: str(reason) for name, reason in refused.items()},
        )
    raise refused[ladder[-1].name if host else ladder[0].name]


def _climb(
    rung: Rung, estimator: Any, spec: SignatureSpec, evaluation: tuple[pd.DataFrame, Answers], more: Beyond
) -> tuple[bytes, Answers, dict[str, Any]]:
    """Return a rung's form, its answers to the evaluation rows and their parity. Raises `NotCompilable`."""
    served_form = rung.make(estimator, spec)
    try:
        served = rung.ask(served_form, spec, evaluation[0])
        beyond_them = rung.ask(served_form, spec, more.rows) if len(more.rows) else None
    except NotCompilable:
        raise
    except Exception as error:  # onnxruntime raises its own kinds, which share no base
        refusals.raise_if_out_of_memory(error)
        raise NotCompilable("does_not_run", kind=refusals.kind_in_words(error)) from error
    parity = _equal(rung, estimator, spec, evaluation[0], (evaluation[1], served), "evaluation rows")
    if beyond_them:
        _equal(rung, estimator, spec, more.rows, (more.expected, beyond_them), MADE_UP)
    return served_form, served, parity | {"made_up_rows": len(more.rows)}


def _equal(
    rung: Rung, estimator: Any, spec: SignatureSpec, frame: pd.DataFrame, answers: tuple[Answers, Answers],
    rows: str,
) -> dict[str, Any]:  # fmt: skip
    """Return how the answers of both compare. Raises `NotCompilable` if they differ."""
    expected, served = answers
    parity = compare(expected, served, spec.labels, tolerance=rung.tolerance)
    if not parity["equal"] and rung.name == HOST:  # which is scikit-learn itself
        raise NotCompilable("not_repeatable", estimator)
    if not parity["equal"]:
        raise refusals.other_answers(parity, rows=rows)
    if parity["ties"] and (
        count := others_by_score(estimator, spec, frame, expected=expected, served=served)
    ):
        raise refusals.other_answers(parity | {"label_differences": count}, rows=rows)
    return parity


def library_versions() -> dict[str, str]:
    """The versions of the libraries that a served form depends on."""
    names = ("scikit-learn", "numpy", "skl2onnx", "onnx", "onnxruntime")
    return {name: version(name) for name in names}


def golden_rows(frame: pd.DataFrame, spec: SignatureSpec, served: Answers) -> dict[str, Any]:
    """The first row of each answer, up to five: what every load must reproduce."""
    first = {str(answer): i for i, answer in reversed(list(enumerate(served.outputs)))}
    chosen = sorted(first.values())[:GOLDEN_ROWS]
    golden: dict[str, Any] = {"rows": [list(row) for row in spec.rows_of(frame.iloc[chosen])]}
    golden["outputs"] = [served.outputs[i] for i in chosen]
    if served.probabilities is not None:
        golden["probabilities"] = [served.probabilities[i].tolist() for i in chosen]
    return golden


def _as_json(params: dict[str, Any]) -> dict[str, Any]:
    """Keep what JSON can hold; the rest as Python writes it."""
    kept = {}
    for name, value in params.items():
        try:
            json.dumps(value, allow_nan=False)
            kept[name] = value
        except (TypeError, ValueError):
            kept[name] = repr(value)
    return kept
