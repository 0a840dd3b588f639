"""What the checks look at, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion
from predictions.registry.datasets import DatasetInvalid, read_column, read_frame
from predictions.serving import serving
from predictions.serving.serving import Answers
from scheduling.judging.champion_answers import NotComparable, answers_of_champion, rows_of_champion
from scheduling.judging.drift_samples import Samples, samples_of
from scheduling.judging.inputs import Case
from scheduling.judging.sklearn_answers import own_answers
from scheduling.quality.rows import Hashes, hashes_of
from scheduling.rehearsal import Rehearsal, RehearsalFailed, rehearse, without_words
from scheduling.statistics.scored import Options, Scored, scored

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The candidate, what it is compared with, and all their answers to the evaluation rows."""

    spec: SignatureSpec
    candidate: ModelVersion
    champion: ModelVersion | None
    evaluation: Dataset
    frame: pd.DataFrame  # all evaluation rows: features in order, then the output
    expected: Answers  # scikit-learn's own, to the judged rows
    candidate_answers: Answers  # the served form's, to the judged rows
    champion_answers: Answers | None
    not_comparable: str  # why the two cannot be compared, where they cannot
    samples: Samples  # what drift is looked for between
    slices: dict[str, str]  # that people named: name -> condition
    groups: np.ndarray | None  # of the judged rows: what belongs together has one number, from 0
    looks: int  # that were counted at this evaluation set before
    rehearsed: Rehearsal | RehearsalFailed
    training: pd.DataFrame  # as `frame`: the rows that the candidate was trained on
    policy: dict[str, Any]  # of `GatePolicy.as_dict`
    api_base_url: str
    redacted: frozenset[str]  # features of which nobody is told a value

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
    def scored(self) -> dict[str, Scored]:
        """The judged rows with the answers of candidate and, where it could be asked, champion."""
        truth = self.judged[self.spec.output_name].tolist()
        labels = self.spec.labels if self.spec.task == "classification" else ()
        both = {"candidate": self.candidate_answers, "champion": self.champion_answers}
        return {who: scored(truth, said, labels) for who, said in both.items() if said is not None}

    @property
    def options(self) -> Options:
        """What the policy tells some metrics."""
        label, labels = self.policy["positive_label"], self.spec.labels
        positive = labels.index(label) if label in labels else None
        return Options(
            log_loss_floor=self.policy["log_loss_floor"],
            quantile=self.policy["pinball_quantile"],
            positive=-1 if label is None else positive,
        )


def gather(case: Case) -> Evidence:
    """Read the data, rehearse both versions unless that was done, and only then load them here.

    A version that failed there is not loaded: what it did there it would do to the run.
    Raises `ArtefactMissing`, `ArtefactCorrupt`, `DatasetInvalid`, `SandboxRefused` or `VersionUnloadable`:
    without these there is nothing to judge by.
    """
    spec = case.candidate.signature.spec()
    frame = read_frame(case.evaluation, spec)
    judged = spec.answerable(frame)
    rows = spec.rows_of(judged)
    training = read_frame(case.training, spec)
    rivals, groups, problem = _to_compare(case, judged, spec)
    rehearsed = case.rehearsed or _try_rehearsal(case, rows, rivals)
    rehearsed = without_words(rehearsed) if case.redacted else rehearsed
    ours, samples = _asked(case, rehearsed, rows, frame=frame, training=training)
    answers, problem = _answers_to_compare(case.champion, rivals, spec, rehearsed, problem)
    return Evidence(
        spec=spec,
        candidate=case.candidate,
        champion=case.champion,
        evaluation=case.evaluation,
        frame=frame,
        expected=own_answers(case.candidate, judged),
        candidate_answers=ours,
        samples=samples,
        slices=case.slices,
        champion_answers=answers,
        not_comparable=problem,
        groups=groups,
        looks=case.looks,
        rehearsed=rehearsed,
        training=training,
        policy=case.policy,
        api_base_url=settings.API_BASE_URL.rstrip("/"),
        redacted=case.redacted,
    )


class Unasked:
    """Stands for what a candidate that was not asked would have said; whoever looks is told why."""

    def __init__(self, why: RehearsalFailed) -> None:
        self._why = why

    def __getattr__(self, name: str) -> Any:
        raise self._why


def _asked(
    case: Case, rehearsed: Rehearsal | RehearsalFailed, rows: Rows, **frames: pd.DataFrame
) -> tuple[Any, Any]:
    """The served form's answers to the judged rows, and the samples; stand-ins where it failed before."""
    if isinstance(rehearsed, RehearsalFailed):
        return Unasked(rehearsed), Unasked(rehearsed)
    loaded = serving.load(case.candidate)
    answers = loaded.predict(rows)
    return answers, samples_of(case, loaded, answers=answers, **frames)


def _to_compare(
    case: Case, judged: pd.DataFrame, spec: SignatureSpec
) -> tuple[Rows | None, np.ndarray | None, str]:
    """The rows in the champion's columns, their groups, and why there are none where there are none."""
    if case.champion is None:
        return None, None, ""
    column = case.policy["group_column"]
    try:
        groups = groups_of(case.evaluation, judged, column) if column else None
        return rows_of_champion(case.champion, case.evaluation, judged, spec), groups, ""
    except NotComparable as error:
        return None, None, str(error)


def _answers_to_compare(
    champion: ModelVersion | None,
    rows: Rows | None,
    spec: SignatureSpec,
    rehearsed: Rehearsal | RehearsalFailed,
    problem: str,
) -> tuple[Answers | None, str]:
    """The champion's answers, and why there are none where there are none."""
    if champion is None or rows is None:
        return None, problem
    if isinstance(rehearsed, Rehearsal) and rehearsed.champion_failed:
        return None, f"the champion failed in the rehearsal: {rehearsed.champion_failed}"
    try:
        return answers_of_champion(champion, rows, spec), problem
    except NotComparable as error:
        return None, str(error)


def groups_of(evaluation: Dataset, judged: pd.DataFrame, column: str) -> np.ndarray:
    """Number the groups of the judged rows from 0, in order of appearance. Raises `NotComparable`."""
    try:
        values = read_column(evaluation, column).loc[judged.index]
    except DatasetInvalid as error:
        raise NotComparable(f"the policy's group column is not there: {error}") from None
    if empty := int(values.isna().sum()):
        raise NotComparable(f"{empty} of {len(values)} rows have no value in the group column {column}")
    return values.factorize()[0]


def _try_rehearsal(case: Case, rows: Rows, rivals: Rows | None) -> Rehearsal | RehearsalFailed:
    """With the champion, where it can be asked the same rows."""
    other = case.champion if rivals is not None else None
    try:
        return rehearse(case.candidate, rows, champion=other, champion_rows=rivals)
    except RehearsalFailed as error:
        return error
