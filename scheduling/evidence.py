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
    def answers_by_role(self) -> dict[str, Answers]:
        """Candidate and, where there is one, champion."""
        both = {"candidate": self.candidate_answers, "champion": self.champion_answers}
        return {who: answers for who, answers in both.items() if answers is not None}


def gather(
    *, candidate: ModelVersion, champion: ModelVersion | None, evaluation: Dataset, policy: GatePolicy
) -> Evidence:
    """Read the data, load both models, rehearse the candidate.

    Raises `ArtefactMissing`, `ArtefactCorrupt`, `DatasetInvalid`, `DatasetAbsent`, `SandboxRefused` or
    `VersionUnloadable`: without these there is nothing to judge by.
    """
    spec = candidate.signature.spec()
    frame = read_frame(evaluation, spec)
    judged = spec.answerable(frame)
    rows = spec.rows_of(judged)
    model = candidate.registered_model
    training = candidate.training_dataset or current_dataset(model, Dataset.Role.TRAINING)
    loaded = serving.load(candidate)
    return Evidence(
        spec=spec,
        candidate=candidate,
        champion=champion,
        frame=frame,
        expected=own_answers(candidate, judged),
        candidate_answers=loaded.predict(rows),
        training_answers=loaded.predict(_answerable_rows(training, spec)),
        champion_answers=_answers_of_champion(champion, evaluation, judged),
        rehearsed=_try_rehearsal(candidate, rows),
        policy={
            "primary_metric": policy.primary_metric,
            "least_gain": policy.least_gain,
            "margin": policy.margin,
        },
        api_base_url=settings.API_BASE_URL.rstrip("/"),
    )


def _answerable_rows(dataset: Dataset, spec: SignatureSpec) -> list[tuple[Any, ...]]:
    return spec.rows_of(spec.answerable(read_frame(dataset, spec)))


def _answers_of_champion(
    champion: ModelVersion | None, evaluation: Dataset, judged: pd.DataFrame
) -> Answers | None:
    """To the same rows, in the columns of its own signature, which may be an older one."""
    if champion is None:
        return None
    loaded = serving.load(champion)
    frame = read_frame(evaluation, loaded.spec)
    return loaded.predict(loaded.spec.rows_of(frame.loc[judged.index]))


def _try_rehearsal(candidate: ModelVersion, rows: list[tuple[Any, ...]]) -> Rehearsal | RehearsalFailed:
    try:
        return rehearse(candidate, rows)
    except RehearsalFailed as error:
        return error
