"""What training code is told, and how it tells of itself. Documented in docs/recipes.md."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from predictions.contract.signature import SignatureSpec

MOST_TEXT = 200
Send = Callable[[dict[str, Any]], None]


def to_nobody(message: dict[str, Any]) -> None:
    """Where a context tells of itself that is made for a test of training code."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What the model is asked and answers: the columns of the frame."""

    features: tuple[str, ...]
    kinds: dict[str, str]  # by feature: float, int, bool, text, category or timestamp
    output: str
    labels: tuple[Any, ...]  # in the order that `classes_` must have; empty for a regression
    task: str  # classification or regression

    @classmethod
    def of(cls, spec: SignatureSpec) -> Contract:
        return cls(
            features=spec.names,
            kinds={feature.name: str(feature.kind) for feature in spec.features},
            output=spec.output_name,
            labels=spec.labels,
            task=spec.task,
        )


@dataclass(frozen=True, kw_only=True)
class TrainingContext:
    """The second argument of `train(frame, context)`."""

    signature: Contract
    seed: int  # another one for each run
    run: int
    window: tuple[datetime, datetime] | None  # since and until; None for a file that was sent
    champion: str | None  # the label of the live version, such as 1.4
    champion_parameters: dict[str, Any] = field(default_factory=dict)  # its `get_params()`
    send: Send = to_nobody

    def progress(self, share: float, at: str = "") -> None:
        """Tell how much is done, from 0 to 1, and what is being done: the run shows it as its step."""
        self.send({"progress": min(1.0, max(0.0, float(share))), "at": _line(at)})

    def log(self, **metrics: float) -> None:
        """Keep numbers with the run. Raises `ValueError` for what is no finite number."""
        measured = {name: float(value) for name, value in metrics.items()}
        if wrong := [name for name, value in measured.items() if not math.isfinite(value)]:
            raise ValueError(f"{wrong[0]} is not a finite number")
        self.send({"log": measured})

    def warn(self, text: str) -> None:
        """Keep a note that everybody sees who may see the run: write no values of rows into it."""
        self.send({"warn": _line(text)})


def _line(text: Any) -> str:
    return " ".join(str(text).split())[:MOST_TEXT]
