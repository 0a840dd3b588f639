"""What the checks look at, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings

from predictions import serving
from predictions.datasets import read_frame
from predictions.models import Dataset, ModelVersion
from predictions.serving import Answers
from predictions.signature import SignatureSpec
from scheduling.estimators import own_answers
from scheduling.models import GatePolicy
from scheduling.quality.rows import Hashes, hashes_of
from scheduling.rehearsal import Rehearsal, RehearsalFailed, rehearse
from scheduling.training import current_dataset

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The candidate, what it is compared with, and all their answers to the evaluation rows."""

    spec: SignatureSpec
    candidate: ModelVersion
    champion: ModelVersion | None
    frame: pd.DataFrame  # all evaluation rows: features in order, then the output
    expected: Answers  # scikit-learn's own, to the judged rows
    candidate_answers: Answers  # the served form's, to the judged rows
    training_answers: Answers  # the served form's, to the training rows
    champion_answers: Answers | None
    rehearsed: Rehearsal | RehearsalFailed
    training: pd.DataFrame  # as `frame`: the rows the candidate was trained on
    policy: dict[str, Any]  # primary_metric, least_gain, margin
    api_base_url: str

    @property
    def rehearsal(self) -> Rehearsal:
        """What came of the rehearsal. Raises `RehearsalFailed`: each check that asks, answers so."""
        if isinstance(self.rehearsed, RehearsalFailed):
            raise self.rehearsed
        return self.rehearsed

    @cached_property
    def judged(self) -> pd.DataFrame:
        """The evaluation rows that can be asked; data quality complains of the others."""
        return self.spec.answerable(self.frame)

    @cached_property
    def hashes(self) -> dict[str, Hashes]:
        """Of the rows of both sets, by role."""
        return {
            role: hashes_of(frame, self.spec)
            for role, frame in (("evaluation", self.frame), ("training", self.training))
        }

    @cached_property
    def answers_by_role(self) -> dict[str, Answers]:
        """Candidate and, where there is one, champion."""
        both = {"candidate": self.candidate_answers, "champion": self.champion_answers}
        return {who: answers for who, answers in both.items() if answers is not None}


def gather(
    *, candidate: ModelVersion, champion: ModelVersion | None, evaluation: Dataset, policy: GatePolicy
) -> Evidence:
    """Read the data, rehearse both, and only then load both models here.

    A candidate whose rehearsal failed is not loaded: what it did there it would do to the run.
    Raises `ArtefactMissing`, `ArtefactCorrupt`, `DatasetInvalid`, `DatasetAbsent`, `SandboxRefused` or
    `VersionUnloadable`: without these there is nothing to judge by.
    """
    spec = candidate.signature.spec()
    frame = read_frame(evaluation, spec)
    judged = spec.answerable(frame)
    rows = spec.rows_of(judged)
    model = candidate.registered_model
    training_set = candidate.training_dataset or current_dataset(model, Dataset.Role.TRAINING)
    training = read_frame(training_set, spec)
    champions = _rows_of_champion(champion, candidate, rows, evaluation, judged)
    rehearsed = _try_rehearsal(candidate, rows, champion, champions)
    served = _answers_of(candidate, _failure(rehearsed), rows, spec.rows_of(spec.answerable(training)))
    champions_failure = _failure(rehearsed, of_champion=True)
    return Evidence(
        spec=spec,
        candidate=candidate,
        champion=champion,
        frame=frame,
        expected=own_answers(candidate, judged),
        candidate_answers=served[0],
        training_answers=served[1],
        champion_answers=_answers_of(champion, champions_failure, champions)[0] if champion else None,
        rehearsed=rehearsed,
        training=training,
        policy={
            "primary_metric": policy.primary_metric,
            "least_gain": policy.least_gain,
            "margin": policy.margin,
        },
        api_base_url=settings.API_BASE_URL.rstrip("/"),
    )


class Unasked:
    """Stands for answers of a candidate that was not asked; whoever looks at them is told why."""

    def __init__(self, why: RehearsalFailed) -> None:
        self._why = why

    def __getattr__(self, name: str) -> Any:
        raise self._why


def _failure(rehearsed: Rehearsal | RehearsalFailed, *, of_champion: bool = False) -> RehearsalFailed | None:
    """Why a version must not be loaded here."""
    if isinstance(rehearsed, RehearsalFailed):
        return None if of_champion else rehearsed
    failed = of_champion and rehearsed.champion_failed
    return RehearsalFailed(rehearsed.champion_failed) if failed else None


def _answers_of(
    version: ModelVersion, failure: RehearsalFailed | None, *tables: list[tuple[Any, ...]]
) -> list[Any]:
    """The served form's answers to each table of rows; of a version that failed, a stand-in for each."""
    if failure:
        return [Unasked(failure) for _ in tables]
    loaded = serving.load(version)
    return [loaded.predict(rows) for rows in tables]


def _rows_of_champion(
    champion: ModelVersion | None,
    candidate: ModelVersion,
    rows: list[tuple[Any, ...]],
    evaluation: Dataset,
    judged: pd.DataFrame,
) -> list[tuple[Any, ...]]:
    """The same rows in the columns of its own signature, which may be an older one."""
    if champion is None or champion.signature_id == candidate.signature_id:
        return rows
    spec = champion.signature.spec()
    return spec.rows_of(read_frame(evaluation, spec).loc[judged.index])


def _try_rehearsal(
    candidate: ModelVersion,
    rows: list[tuple[Any, ...]],
    champion: ModelVersion | None,
    champion_rows: list[tuple[Any, ...]],
) -> Rehearsal | RehearsalFailed:
    try:
        return rehearse(candidate, rows, champion=champion, champion_rows=champion_rows)
    except RehearsalFailed as error:
        return error
