"""What crosses the border of the sandbox in both directions: typed values, and numbers as their bytes."""

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

DOUBLE = "<f8"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: numbers as doubles, where NaN is a missing one, or values as they are."""

    name: str
    numbers: bytes | None = None
    values: list[str | int | float | bool | None] | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A skops file, and the rows to predict."""

    skops: bytes
    spec: SignatureSpec
    columns: list[Column]
    compile: bool  # False: only answer the rows


class Result(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The answers to the rows, and the served form if it was asked for."""

    outputs: list[str | int | float | bool | None]
    probabilities: bytes | None
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


def columns_of(frame: pd.DataFrame, spec: SignatureSpec) -> list[Column]:
    """Convert a frame as `read_frame` returns it."""
    kinds = {feature.name: feature.kind.is_number for feature in spec.features}
    kinds[spec.output_name] = spec.task == "regression"
    columns = []
    for name, is_number in kinds.items():
        values = frame[name]
        if is_number:
            columns.append(Column(name=name, numbers=values.to_numpy(DOUBLE).tobytes()))
        else:
            cells = values.astype("object").where(values.notna(), None)
            columns.append(Column(name=name, values=cells.tolist()))
    return columns


def frame_of(columns: list[Column]) -> pd.DataFrame:
    """Convert columns back to a frame: doubles, or objects where NaN is a missing one."""
    import pandas as pd

    series = {}
    for column in columns:
        if column.numbers is not None:
            series[column.name] = pd.Series(np.frombuffer(column.numbers, DOUBLE).astype("float64"))
        else:
            values = [np.nan if value is None else value for value in column.values or []]
            series[column.name] = pd.Series(values, dtype="object")
    return pd.DataFrame(series)


def result_of(answers: Answers, compiled: Compiled | None) -> Result:
    """Convert what `answers_in` and `compiled_in` read back."""
    probabilities, recorded = answers.probabilities, asdict(compiled) if compiled else {}
    return Result(
        outputs=answers.outputs,
        probabilities=None if probabilities is None else probabilities.astype(DOUBLE).tobytes(),
        served_form=recorded.pop("served_form", None),
        recorded=json.dumps(recorded),
    )


def answers_in(result: Result, spec: SignatureSpec) -> Answers:
    """Return the answers with probabilities (n, k), of k labels."""
    if result.probabilities is None:
        return Answers(result.outputs)
    shares: np.ndarray = np.frombuffer(result.probabilities, DOUBLE).reshape(-1, len(spec.labels)).copy()
    return Answers(result.outputs, shares)


def compiled_in(result: Result) -> Compiled:
    """Return the served form of a question that asked to compile."""
    recorded: dict[str, Any] = json.loads(result.recorded)
    assert result.served_form is not None
    return Compiled(served_form=result.served_form, **recorded)
