"""What the checks look at, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion
from scheduling.evidence.policy import Policy
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed
from scheduling.evidence.row_hashes import Hashes, hashes_of
from scheduling.evidence.samples import Samples
from scheduling.statistics.metrics.scored import Options, Scored, scored

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The candidate, what it is compared with, and all their answers to the evaluation rows."""

    spec: SignatureSpec
    candidate: ModelVersion
    champion: ModelVersion | None
    evaluation: Dataset
    frame: pd.DataFrame  # all evaluation rows: features in order, then the output
    expected: Answers  # scikit-learn's own, to the judged rows
    served_answers: Answers | None  # the served form's, to the judged rows; None where it failed before
    champion_answers: Answers | None
    not_comparable: str  # why the two cannot be compared, where they cannot
    drift_samples: Samples | None  # what drift is looked for between; None where the candidate failed before
    slices: dict[str, str]  # that people named: name -> condition
    groups: np.ndarray | None  # of the judged rows: what belongs together has one number, from 0
    looks: int  # that were counted at this evaluation set before
    rehearsed: Rehearsal | RehearsalFailed
    training: pd.DataFrame  # as `frame`: the rows that the candidate was trained on
    policy: Policy
    api_base_url: str
    redacted: frozenset[str]  # features of which nobody is told a value

    @property
    def rehearsal(self) -> Rehearsal:
        """What came of the rehearsal. Raises `RehearsalFailed`: each check that asks, answers so."""
        if isinstance(self.rehearsed, RehearsalFailed):
            raise self.rehearsed
        return self.rehearsed

    @property
    def candidate_answers(self) -> Answers:
        """The served form's answers. Raises `RehearsalFailed` where it was not asked."""
        return self.served_answers or self._raise_why_not_asked()

    @property
    def samples(self) -> Samples:
        """The samples of drift. Raises `RehearsalFailed` where the candidate was not asked."""
        return self.drift_samples or self._raise_why_not_asked()

    def _raise_why_not_asked(self) -> NoReturn:
        assert isinstance(self.rehearsed, RehearsalFailed), "a candidate that was rehearsed is asked"
        raise self.rehearsed

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
        label, labels = self.policy.positive_label, self.spec.labels
        positive = labels.index(label) if label in labels else None
        return Options(
            log_loss_floor=self.policy.log_loss_floor,
            quantile=self.policy.pinball_quantile,
            positive=-1 if label is None else positive,
        )
