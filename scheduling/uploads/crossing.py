"""What crosses the border of the sandbox in both directions: typed values, of which none is converted."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import Compiled

if TYPE_CHECKING:
    import pandas as pd

Cells = list[str | int | float | bool | None]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A skops file, and the rows to predict."""

    skops: bytes
    spec: SignatureSpec
    columns: dict[str, Cells]  # None: missing
    compile: bool  # False: only answer the rows


class Result(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The answers to the rows, and the served form if it was asked for."""

    outputs: Cells
    probabilities: list[list[float]] | None  # n lists of k
    served_form: bytes | None
    recorded: str  # the rest of `Compiled`, as the JSON that the registry keeps


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why there is no result."""

    code: str
    sentence: str
    is_opened: bool  # False: refused by its structure, before anything was loaded that could build it


encode = msgspec.msgpack.Encoder().encode
decode_question = msgspec.msgpack.Decoder(Question).decode
decode_answer = msgspec.msgpack.Decoder(Result | Refusal).decode


def columns_of(frame: pd.DataFrame, spec: SignatureSpec) -> dict[str, Cells]:
    """Convert a frame as `read_frame` returns it."""
    cells = frame[[*spec.names, spec.output_name]].astype("object")
    return {str(name): values.tolist() for name, values in cells.where(cells.notna(), None).items()}


def frame_of(columns: dict[str, Cells], spec: SignatureSpec) -> pd.DataFrame:
    """Convert columns back to a frame of doubles and objects, where NaN is a missing one."""
    import pandas as pd

    numbers = {feature.name for feature in spec.features if feature.kind.is_number}
    numbers |= {spec.output_name} if spec.task == "regression" else set()
    return pd.DataFrame(
        {
            name: pd.Series(
                [np.nan if cell is None else cell for cell in cells],
                dtype="float64" if name in numbers else "object",
            )
            for name, cells in columns.items()
        }
    )


def result_of(answers: Answers, compiled: Compiled | None) -> Result:
    """Convert what `answers_in` and `compiled_in` read back."""
    probabilities, recorded = answers.probabilities, asdict(compiled) if compiled else {}
    return Result(
        outputs=answers.outputs,
        probabilities=None if probabilities is None else probabilities.astype(float).tolist(),
        served_form=recorded.pop("served_form", None),
        recorded=json.dumps(recorded),
    )


def answers_in(result: Result) -> Answers:
    """Return the answers with probabilities (n, k), of k labels."""
    shares = result.probabilities
    return Answers(result.outputs, None if shares is None else np.array(shares))


def compiled_in(result: Result) -> Compiled:
    """Return the served form of a question that asked to compile."""
    recorded: dict[str, Any] = json.loads(result.recorded)
    assert result.served_form is not None
    return Compiled(served_form=result.served_form, **recorded)
