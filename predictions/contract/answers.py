"""The answers of a model for rows, and whether two models give the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
import numpy as np

PROBABILITY_TOLERANCE = 1e-5  # the served form computes in float32
VALUE_TOLERANCE = 1e-4  # of a regression's value, relative
encode = msgspec.json.Encoder().encode


class Answers(msgspec.Struct, frozen=True, dict=True):
    """A model's answers for n rows: labels (n,) and probabilities (n, k), or values (n,).

    `probabilities` is None for a regression, and for a classifier without `predict_proba`.
    """

    outputs: list[Any]
    probabilities: np.ndarray | None = None

    def at(self, positions: Sequence[int] | np.ndarray) -> Answers:
        """Return the answers to some of the rows."""
        outputs = [self.outputs[i] for i in positions]
        return Answers(outputs, None if self.probabilities is None else self.probabilities[positions])

    @classmethod
    def joined(cls, parts: Sequence[Answers]) -> Answers:
        """Return the answers to the rows of all parts, of which there is at least one."""
        shares = [one.probabilities for one in parts if one.probabilities is not None]
        outputs = [output for one in parts for output in one.outputs]
        return cls(outputs, np.concatenate(shares) if shares else None)

    @cached_property
    def shares(self) -> list[list[float]]:
        """The probabilities as k lists of n, in the order of the labels; empty where there are none."""
        # Rounded, as 0.98 is 0.9800000190734863 in 32 bits, and the sum of a forest's votes 1.0000001.
        if self.probabilities is None:
            return []
        # For one row NumPy takes longer than the model.
        if len(self.probabilities) == 1 and math.isfinite(sum(one := self.probabilities[0].tolist())):
            one = [round(share * 1e7) / 1e7 for share in one]
            if min(one) >= 0 and max(one) <= 1:
                return [[share] for share in one]
        return self.probabilities.T.astype(float).round(7).clip(0, 1).tolist()

    @cached_property
    def outputs_json(self) -> msgspec.Raw:
        """The outputs, encoded once for the reply and for the log."""
        return msgspec.Raw(encode(self.outputs))

    @cached_property
    def shares_json(self) -> list[msgspec.Raw]:
        return [msgspec.Raw(encode(share)) for share in self.shares]


def total(probabilities: np.ndarray) -> float:
    """Return the sum, which is not finite where one of them is not."""
    if len(probabilities) == 1:  # NumPy takes three times as long for one row
        return sum(probabilities[0].tolist())
    return float(probabilities.sum())


def same_answers(answers: Answers, expected: Mapping[str, Any], *, task: str) -> bool:
    """Whether labels are equal and numbers within the tolerance of float32."""
    if task == "regression":
        theirs = np.asarray(expected["outputs"], dtype=float)  # PostgreSQL gives 1e271 as a whole number
        return np.allclose(answers.outputs, theirs, rtol=VALUE_TOLERANCE, atol=PROBABILITY_TOLERANCE)
    shares, ours = expected.get("probabilities"), answers.probabilities
    if answers.outputs != expected["outputs"] or (shares is None) != (ours is None):
        return False
    return ours is None or np.allclose(ours, np.asarray(shares), rtol=0, atol=PROBABILITY_TOLERANCE)
