"""What candidate and champion answer to the rows that a candidate is judged on, and why one may not.

An artefact of our trainer is read here, once its hash is proved; an uploaded one only in the sandbox.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry import artefacts, loading
from predictions.registry.compiling import answers_of
from predictions.registry.datasets import DatasetInvalid, Table
from scheduling.uploads import sandbox

if TYPE_CHECKING:
    import pandas as pd


class NotComparable(Exception):
    """The two cannot answer the same rows, or do not answer the same question.

    Its text is a clause that tells why: it stands after a colon, without a full stop.
    """


def own_answers(version: ModelVersion, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's own answers to the rows of `frame`: the served form is compared with them.

    Raises `ArtefactMissing`, `ArtefactCorrupt`, `NotCompilable` or `SandboxRefused`.
    """
    import joblib

    spec = version.signature.spec()
    content = artefacts.read(version.artefact, sha256=version.artefact_sha256)
    if version.source == ModelVersion.Source.UPLOADED:
        return sandbox.answers(content, spec=spec, frame=frame)
    return answers_of(joblib.load(io.BytesIO(content)), spec, frame)


def rows_of_champion(
    champion: ModelVersion, evaluation: Table, judged: pd.DataFrame, spec: SignatureSpec
) -> list[tuple[Any, ...]]:
    """Return the rows of `judged` in the columns of the champion's own signature, which may be older.

    `spec` is the candidate's. Raises `NotComparable`.
    """
    own = champion.signature.spec()
    if own.task != spec.task:
        raise NotComparable(f"the champion does {own.task}, the candidate {spec.task}")
    try:
        frame = evaluation.features(own).loc[judged.index]
    except DatasetInvalid as error:
        raise NotComparable(f"the champion's signature needs other features ({error})") from None
    frame[own.output_name] = judged[spec.output_name]
    if refused := len(frame) - len(own.answerable(frame)):
        raise NotComparable(f"the champion's signature does not accept {refused} of {len(frame)} rows")
    return own.rows_of(frame)


def answers_of_champion(champion: ModelVersion, rows: list[tuple[Any, ...]], spec: SignatureSpec) -> Answers:
    """Answer these rows, in terms of the candidate's signature, `spec`: its labels in its order.

    A label that the champion does not have gets probability 0. Raises `NotComparable`, and whatever
    `loading.load` raises.
    """
    loaded = loading.load(champion)
    labels, answers = loaded.spec.labels, loaded.predict(rows)
    if answers.probabilities is None or labels == spec.labels:
        return answers
    if strange := [str(label) for label in labels if label not in spec.labels]:
        raise NotComparable(f"the champion answers labels that no longer exist: {', '.join(strange)}")
    probabilities = np.zeros((len(answers.outputs), len(spec.labels)))
    probabilities[:, [spec.labels.index(label) for label in labels]] = answers.probabilities
    return Answers(answers.outputs, probabilities)
