"""What crosses the border of the sandbox in both directions: typed values, of which none is converted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import Compiled

if TYPE_CHECKING:
    import pandas as pd

Cells = list[str | int | float | bool | None]


class Question(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model file, and the rows to predict."""

    content: bytes
    spec: SignatureSpec
    columns: dict[str, Cells]  # None: missing
    compile: bool  # False: only answer the rows
    fixed: list[str] | None = None  # texts that stay open whatever the model knows; None: all of them


class CloneQuestion(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A skops file, of which only the parameters are wanted."""

    skops: bytes


class Cloned(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The estimator of a file, not fitted, as a skops file; and the columns that it was fitted on, if any."""

    skops: bytes
    features: list[str]


class Examined(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The model's own answers to the rows, and the served form if it was asked for: data only."""

    outputs: Cells
    probabilities: list[list[float]] | None  # n lists of k
    served_form: bytes | None
    recorded: str  # the rest of `Compiled`, as the JSON that the registry keeps
    closed: dict[str, list[str]] = {}  # texts that the model takes only of a list
    notes: list[str] = []  # what was taken of the file in place of the whole: a sentence each

    @classmethod
    def of(
        cls, answers: Answers, compiled: Compiled | None, *, notes: Sequence[str] = (),
        closed: dict[str, list[str]] | None = None,
    ) -> Examined:  # fmt: skip
        shares, recorded = answers.probabilities, asdict(compiled) if compiled else {}
        return cls(
            outputs=answers.outputs,
            probabilities=None if shares is None else shares.astype(float).tolist(),
            served_form=recorded.pop("served_form", None),
            recorded=json.dumps(recorded),
            closed=closed or {},
            notes=list(notes),
        )

    @property
    def answers(self) -> Answers:
        shares = self.probabilities
        return Answers(self.outputs, None if shares is None else np.array(shares))

    @property
    def compiled(self) -> Compiled:
        """The served form of a question that asked to compile."""
        assert self.served_form is not None
        return Compiled(served_form=self.served_form, **json.loads(self.recorded))


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why there is no result."""

    code: str
    sentence: str
    is_opened: bool  # False: refused by its structure, before anything was loaded that could build it


encode = msgspec.msgpack.Encoder().encode
decode_question = msgspec.msgpack.Decoder(Question | CloneQuestion).decode
decode_answer = msgspec.msgpack.Decoder(Examined | Cloned | Refusal).decode


def columns_of(frame: pd.DataFrame, spec: SignatureSpec) -> dict[str, Cells]:
    """Convert a frame as `read_frame` returns it."""
    cells = frame[[*spec.names, spec.output_name]].astype("object")
    return {str(name): values.tolist() for name, values in cells.where(cells.notna(), None).items()}


def frame_of(columns: dict[str, Cells], spec: SignatureSpec) -> pd.DataFrame:
    """Convert columns back to a frame of doubles and objects, where NaN is a missing one."""
    import pandas as pd

    numbers = [feature.name for feature in spec.features if feature.kind.is_number]
    numbers += [spec.output_name] if spec.task == "regression" else []
    frame = pd.DataFrame(columns, dtype="object")
    return frame.where(frame.notna(), np.nan).astype(dict.fromkeys(numbers, "float64"))
