"""The champion's answers to the rows a candidate is judged on, and why there may be none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry import loading
from predictions.registry.datasets import DatasetInvalid, Table

if TYPE_CHECKING:
    import pandas as pd


class NotComparable(Exception):
    """The two cannot be asked the same rows, or do not answer the same question."""


def rows_of_champion(
    champion: ModelVersion, evaluation: Table, judged: pd.DataFrame, spec: SignatureSpec
) -> list[tuple[Any, ...]]:
    """Return the rows of `judged` in the columns of the champion's own signature, which may be older.

    `spec` is the candidate's. Raises `NotComparable`.
    """
    own = champion.signature.spec()
    if own.task != spec.task:
        raise NotComparable(f"the champion is a {own.task}, the candidate a {spec.task}")
    try:
        frame = evaluation.features(own).loc[judged.index]
    except DatasetInvalid as error:
        raise NotComparable(f"the champion's signature needs other features: {error}") from None
    frame[own.output_name] = judged[spec.output_name]
    if silent := len(frame) - len(own.answerable(frame)):
        raise NotComparable(f"{silent} of {len(frame)} rows cannot be asked of the champion")
    return own.rows_of(frame)


def answers_of_champion(champion: ModelVersion, rows: list[tuple[Any, ...]], spec: SignatureSpec) -> Answers:
    """Answer these rows, put into the candidate's signature, `spec`: its labels in its order.

    Raises `NotComparable`, and whatever `loading.load` raises.
    """
    loaded = loading.load(champion)
    return in_labels_of(spec, loaded.spec.labels, loaded.predict(rows))


def in_labels_of(spec: SignatureSpec, labels: tuple[Any, ...], answers: Answers) -> Answers:
    """Return the answers with a column for each label of `spec`; one that is new has probability 0."""
    if answers.probabilities is None or labels == spec.labels:
        return answers
    if strange := [str(label) for label in labels if label not in spec.labels]:
        raise NotComparable(f"the champion answers labels that are no more: {', '.join(strange)}")
    probabilities = np.zeros((len(answers.outputs), len(spec.labels)))
    probabilities[:, [spec.labels.index(label) for label in labels]] = answers.probabilities
    return Answers(answers.outputs, probabilities)
