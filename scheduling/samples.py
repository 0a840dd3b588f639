"""What drift is looked for between: a reference, and what came lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from predictions.datasets import read_frame
from predictions.serving import Answers, LoadedVersion
from scheduling.importance import importance_by_feature

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.case import Case

TRAINING_SET, REFERENCE_SET = "training set", "reference set"
EVALUATION_SET, PREDICTION_LOG = "evaluation set", "prediction log"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows, with the candidate's answers to those of them that can be asked."""

    name: str  # for people
    frame: pd.DataFrame
    answers: Answers | None  # None where a feature is not told


@dataclass(frozen=True, kw_only=True)
class Samples:
    """The two sides of each question about drift."""

    reference: Sample  # features, then the output
    evaluation: Sample  # features, then the output
    logged: Sample | None  # features that are logged; None where too little is
    importance: dict[str, float]  # of each feature for the candidate's answers; sums to 1

    @property
    def recent(self) -> Sample:
        """The newest there is: the log, else the evaluation set."""
        return self.logged or self.evaluation

    @property
    def answered(self) -> Sample:
        """The newest that the candidate could be asked."""
        return self.logged if self.logged and self.logged.answers else self.evaluation


def samples_of(
    case: Case, loaded: LoadedVersion, *, frame: pd.DataFrame, answers: Answers, training: pd.DataFrame
) -> Samples:
    """Read the reference, and let the candidate answer it and the log.

    `frame` and `answers` are the evaluation set's, `training` is what the candidate was trained on.
    Raises `DatasetInvalid`, `ArtefactMissing` or `ArtefactCorrupt`.
    """
    return Samples(
        reference=_reference(case, loaded, training),
        evaluation=Sample(name=EVALUATION_SET, frame=frame, answers=answers),
        logged=_logged(case, loaded),
        importance=importance_by_feature(loaded, loaded.spec.rows_of(loaded.spec.answerable(frame))),
    )


def _reference(case: Case, loaded: LoadedVersion, training: pd.DataFrame) -> Sample:
    """The dataset in the role of reference; else what the candidate was trained on."""
    name = REFERENCE_SET if case.reference else TRAINING_SET
    frame = read_frame(case.reference, loaded.spec) if case.reference else training
    rows = loaded.spec.rows_of(loaded.spec.answerable(frame))
    return Sample(name=name, frame=frame, answers=loaded.predict(rows))


def _logged(case: Case, loaded: LoadedVersion) -> Sample | None:
    """The log; without answers where a feature is redacted, so that the candidate cannot be asked."""
    if case.logged is None:
        return None
    frame = case.logged.frame
    complete = len(frame.columns) == len(loaded.spec.features)
    answers = loaded.predict(loaded.spec.rows_of(frame)) if complete else None
    return Sample(name=PREDICTION_LOG, frame=frame, answers=answers)
