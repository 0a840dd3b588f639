"""What crosses the border of the sandbox, both ways: typed values, numbers as their bytes, no guesses."""

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
    """One column: numbers as doubles, where a missing one is NaN, or values as they are."""

    name: str
    numbers: bytes | None = None
    values: list[str | int | float | bool | None] | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A skops file, and the rows that it is asked."""

    skops: bytes
    spec: SignatureSpec
    columns: list[Column]
    compile: bool  # or only answer


class Result(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The answers to the rows, and the served form where that was asked for."""

    outputs: list[str | int | float | bool | None]
    probabilities: bytes | None
    served_form: bytes | None
    recorded: str  # the rest of `Compiled`, as the JSON that the registry keeps


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why there are none."""

    code: str
    sentence: str
    is_opened: bool  # False: it was refused by its structure, before anything that could build it was loaded


encode = msgspec.msgpack.Encoder().encode
decode_question = msgspec.msgpack.Decoder(Question).decode
decode_answer = msgspec.msgpack.Decoder(Result | Refusal).decode


def columns_of(frame: pd.DataFrame, spec: SignatureSpec) -> list[Column]:
    """The rows of a frame as `read_frame` gives it."""
    kinds = {feature.name: feature.kind.is_number for feature in spec.features}
    kinds[spec.output_name] = spec.task == "regression"
    return [_column(name, frame[name], is_number) for name, is_number in kinds.items()]


def _column(name: str, values: pd.Series, is_number: bool) -> Column:
    if is_number:
        return Column(name=name, numbers=values.to_numpy(DOUBLE).tobytes())
    cells = values.astype("object").where(values.notna(), None)
    return Column(name=name, values=cells.tolist())


def frame_of(columns: list[Column]) -> pd.DataFrame:
    """The same as a frame: doubles, or objects of which a missing one is NaN."""
    import pandas as pd

    return pd.DataFrame({column.name: _series(column) for column in columns})


def _series(column: Column) -> pd.Series:
    import pandas as pd

    if column.numbers is not None:
        return pd.Series(np.frombuffer(column.numbers, DOUBLE).astype("float64"))
    values = [np.nan if value is None else value for value in column.values or []]
    return pd.Series(values, dtype="object")


def result_of(answers: Answers, compiled: Compiled | None) -> Result:
    """What comes out, as it crosses."""
    probabilities, recorded = answers.probabilities, asdict(compiled) if compiled else {}
    return Result(
        outputs=answers.outputs,
        probabilities=None if probabilities is None else probabilities.astype(DOUBLE).tobytes(),
        served_form=recorded.pop("served_form", None),
        recorded=json.dumps(recorded),
    )


def answers_in(result: Result, spec: SignatureSpec) -> Answers:
    """The answers that came out: probabilities (n, k), of k labels."""
    if result.probabilities is None:
        return Answers(result.outputs)
    shares: np.ndarray = np.frombuffer(result.probabilities, DOUBLE).reshape(-1, len(spec.labels)).copy()
    return Answers(result.outputs, shares)


def compiled_in(result: Result) -> Compiled:
    """The served form that came out, with what is recorded of it."""
    recorded: dict[str, Any] = json.loads(result.recorded)
    assert result.served_form is not None
    return Compiled(served_form=result.served_form, **recorded)
