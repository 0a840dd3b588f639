"""What candidate and champion answer to the rows that a candidate is judged on, and why one may not.

Of a large set the served form answers the rows of `rows_to_prove`. If it answers these as scikit-learn does,
scikit-learn's answers stand for all rows: they cost a fraction. An upload's never do: its own answers come
out of the sandbox, and the served form is asked for every row.

An artefact of our trainer is read here, once its hash is proved; an uploaded one only in the sandbox.
"""

import io
import logging
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pandas as pd

from predictions.contract.answers import Answers
from predictions.contract.error_texts import kind_of
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry import artefacts, loading
from predictions.registry.datasets import Table
from predictions.registry.loading import LoadedVersion
from predictions.registry.proof import compare, is_large, rows_to_prove
from predictions.registry.sklearn_answers import answers_of
from predictions.tables.names import DatasetInvalid
from scheduling.evidence.evidence import AsAsked
from scheduling.evidence.rehearsed import TOGETHER
from scheduling.uploads import sandbox

log = logging.getLogger("scheduling.runs")


class NotComparable(Exception):
    """The two cannot answer the same rows, or do not answer the same question.

    Its text is a clause that tells why: it stands after a colon, without a full stop.
    """


def own_answers(version: ModelVersion, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's own answers to the rows of `frame`, which the signature accepts.

    Raises `ArtefactMissing`, `ArtefactCorrupt`, `NotCompilable` or `SandboxRefused`.
    """
    spec = version.signature.spec()
    content = artefacts.read(version.artefact, sha256=version.artefact_sha256)
    if version.source == ModelVersion.Source.UPLOADED:
        return sandbox.answers(content, spec=spec, frame=frame)
    return answers_of(joblib.load(io.BytesIO(content)), spec, frame)


def known_own_answers(candidate: ModelVersion, evaluation: Table) -> Answers:
    """Return scikit-learn's own answers to the rows that the signature accepts, without asking again.

    Raises the same as `own_answers`.
    """
    spec = candidate.signature.spec()
    known = evaluation.own.get((candidate.artefact_sha256, spec))
    return known or own_answers(candidate, spec.answerable(evaluation.frame(spec)))


def answers_and_proof(
    loaded: LoadedVersion, frame: pd.DataFrame, expected: Answers, *, is_upload: bool
) -> tuple[Answers, dict[str, Any]]:
    """Return the answers to `frame` to judge by, and how the served form's compare with `expected`.

    `expected` are scikit-learn's. Not more rows are compared than `rows_to_prove` names, unless one differs.
    """
    positions = np.arange(len(frame)) if is_upload else rows_to_prove(frame, loaded.spec, expected)
    served = loaded.predict_frame(frame.iloc[positions])
    proof = compare(expected.at(positions), served, loaded.spec.labels)
    if len(positions) == len(frame):
        return served, proof
    if proof["equal"]:
        return expected, proof
    served = loaded.predict_frame(frame)
    return served, compare(expected, served, loaded.spec.labels)


def answering(version: ModelVersion, *, by_scikit_learn: bool) -> Callable[[pd.DataFrame], Answers]:
    """Return what answers rows of many frames: scikit-learn's own object, or the served form.

    Raises what `loading.load` and `own_answers` raise.
    """
    if not by_scikit_learn:
        return loading.load(version).predict_frame
    spec = version.signature.spec()
    estimator = joblib.load(io.BytesIO(artefacts.read(version.artefact, sha256=version.artefact_sha256)))
    return lambda frame: answers_of(estimator, spec, frame)


def answers_as_asked(loaded: LoadedVersion, frame: pd.DataFrame) -> AsAsked:
    """Let the model host answer the rows as a rehearsal asks them: one by one, and `TOGETHER` at a time."""
    return AsAsked(
        alone=loaded.predict_frame(frame, at_once=1), together=loaded.predict_frame(frame, at_once=TOGETHER)
    )


def frame_of_champion(
    champion: ModelVersion, evaluation: Table, judged: pd.DataFrame, spec: SignatureSpec
) -> pd.DataFrame:
    """Return the rows of `judged` in the columns of the champion's own signature, which may be older.

    `spec` is the candidate's. Raises `NotComparable`.
    """
    own = champion.signature.spec()
    if own.task != spec.task:
        raise NotComparable(f"the live version does {own.task}, the candidate {spec.task}")
    if own.features == spec.features:
        return judged
    try:
        frame = evaluation.features(own).loc[judged.index]
    except DatasetInvalid as error:
        raise NotComparable(f"the live version's signature needs other features ({error})") from None
    frame[own.output_name] = judged[spec.output_name]
    if refused := len(frame) - len(own.answerable(frame)):
        raise NotComparable(f"the live version's signature does not accept {refused} of {len(frame)} rows")
    return frame


def answers_of_champion(champion: ModelVersion, frame: pd.DataFrame, spec: SignatureSpec) -> Answers:
    """Answer these rows, in terms of the candidate's signature, `spec`: its labels in its order.

    A label that the champion does not have gets probability 0. Raises `NotComparable`, and whatever
    `loading.load` raises.
    """
    return champion_answered(champion, frame, spec)[0]


def champion_answered(
    champion: ModelVersion, frame: pd.DataFrame, spec: SignatureSpec
) -> tuple[Answers, bool]:
    """Return the same, and whether they are scikit-learn's own, by a served form that was proved."""
    answers, is_own = _as_served(champion, frame)
    return in_terms_of(spec, champion, answers), is_own


def in_terms_of(spec: SignatureSpec, champion: ModelVersion, answers: Answers) -> Answers:
    """Return the champion's answers with the labels of `spec`, in its order. Raises `NotComparable`."""
    labels = tuple(champion.signature.labels)
    if labels == spec.labels:
        return answers
    if strange := [str(label) for label in labels if label not in spec.labels]:
        raise NotComparable(f"the live version answers labels that no longer exist: {', '.join(strange)}")
    if answers.probabilities is None:
        return answers
    probabilities = np.zeros((len(answers.outputs), len(spec.labels)))
    probabilities[:, [spec.labels.index(label) for label in labels]] = answers.probabilities
    return Answers(answers.outputs, probabilities)


def _as_served(version: ModelVersion, frame: pd.DataFrame) -> tuple[Answers, bool]:
    """As `answers_and_proof`; without its artefact, or where that does not work any more, as it is served."""
    expected, is_upload = None, version.source == ModelVersion.Source.UPLOADED
    if is_large(frame) and not is_upload:
        try:
            expected = own_answers(version, frame)
        except Exception as error:  # an older library's object raises anything; the served form needs none
            log.info("%s is judged by its served form alone: %s", version, kind_of(error))
    loaded = loading.load(version)
    if expected is None:
        return loaded.predict_frame(frame), False
    answers, _ = answers_and_proof(loaded, frame, expected, is_upload=is_upload)
    return answers, answers is expected
