"""What candidate and champion answer to the rows that a candidate is judged on, and why one may not.

How much answers depend on each feature is the permutation importance of the served form, which needs neither
labels nor a metric: a feature that can be shuffled without another answer is not used. An artefact of our
trainer is read here, once its hash is proved; an uploaded one only in the sandbox.
"""

import io
from typing import Any

import joblib
import numpy as np
import pandas as pd

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry import artefacts, loading
from predictions.registry.compiling import answers_of
from predictions.registry.datasets import DatasetInvalid, Table
from predictions.registry.loading import LoadedVersion
from scheduling.uploads import sandbox

MOST_ROWS = 1000
MOST_CELLS = 200_000  # rows times features: each feature costs one prediction of all rows
REPEATS = 5
SEED = 0

Inputs = dict[str, np.ndarray]


class NotComparable(Exception):
    """The two cannot answer the same rows, or do not answer the same question.

    Its text is a clause that tells why: it stands after a colon, without a full stop.
    """


def own_answers(version: ModelVersion, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's own answers to the rows of `frame`: the served form is compared with them.

    Raises `ArtefactMissing`, `ArtefactCorrupt`, `NotCompilable` or `SandboxRefused`.
    """
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


def importance_by_feature(version: LoadedVersion, rows: list[tuple[Any, ...]]) -> dict[str, float]:
    """Return each feature's share of the change of the answers when it is shuffled; they sum to 1.

    The change is the mean distance of the probabilities (half the sum of differences), or the mean
    absolute difference of a regression's values. All are 0 for a model that always answers the same.
    """
    features = version.spec.features
    chance = np.random.default_rng(SEED)
    most = max(1, min(MOST_ROWS, MOST_CELLS // len(features)))
    if len(rows) > most:
        rows = [rows[i] for i in chance.choice(len(rows), most, replace=False)]
    inputs = version.spec.to_inputs(rows)
    before = _numbers(version, inputs)
    repeats = max(1, min(REPEATS, most // len(rows)))
    changes = np.zeros((len(features), repeats))
    for place, repeat in np.ndindex(*changes.shape):
        after = _numbers(version, _shuffled(version, inputs, place, chance))
        changes[place, repeat] = float(np.abs(after - before).sum(axis=1).mean()) / 2
    by_feature = np.nan_to_num(changes.mean(axis=1))
    total = by_feature.sum()
    shares = by_feature / total if total > 0 else by_feature
    return dict(zip((feature.name for feature in features), shares.tolist(), strict=True))


def _shuffled(version: LoadedVersion, inputs: Inputs, place: int, chance: np.random.Generator) -> Inputs:
    if version.spec.is_matrix:
        matrix = inputs["features"].copy()
        matrix[:, place] = chance.permutation(matrix[:, place])
        return {"features": matrix}
    name = version.spec.features[place].name
    return inputs | {name: chance.permutation(inputs[name])}


def _numbers(version: LoadedVersion, inputs: Inputs) -> np.ndarray:
    """Probabilities (n, k), or values (n, 1)."""
    answers = version.session.run(version.output_names, inputs)
    return np.asarray(answers[-1], dtype=float).reshape(len(answers[-1]), -1)
