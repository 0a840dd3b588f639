"""What drift is looked for between: a reference, and what came lately."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from predictions.registry.datasets import read_frame
from predictions.serving.serving import Answers, LoadedVersion
from scheduling.judging.importance import importance_by_feature
from scheduling.judging.log_window import Log, without_repeats

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.judging.inputs import Case

TRAINING_SET, REFERENCE_SET = "training set", "reference set"
EVALUATION_SET, PREDICTION_LOG = "evaluation set", "prediction log"
LABELLED_LOG = "true labels told of the prediction log"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows, with the candidate's answers to those of them that can be asked."""

    name: str  # for people
    frame: pd.DataFrame
    answers: Answers | None = None  # None where a feature is not told, or nobody asks for them
    asked: int | None = None  # rows before repeats were left out; None where repeats count


@dataclass(frozen=True, kw_only=True)
class Samples:
    """The two sides of each question about drift. What is logged is given as each check's limits ask."""

    reference: Sample  # features, then the output
    evaluation: Sample  # features, then the output
    log: Log
    importance: dict[str, float]  # of each feature for the candidate's answers; sums to 1
    candidate: LoadedVersion | None = None  # None: nothing that is logged can be answered
    _logged: dict[int, Sample] = field(default_factory=dict, init=False, repr=False, compare=False)

    def logged(self, most: int) -> Sample:
        """What was asked lately, without repeats; read once, so that two checks see the same."""
        if most not in self._logged:
            self._logged[most] = self._without_repeats(self.log.requests(most), PREDICTION_LOG)
        return self._logged[most]

    def labelled(self, most: int) -> Sample:
        """The same of those whose true label was told, with the label as the output."""
        return self._without_repeats(self.log.labelled(most), LABELLED_LOG)

    def answered(self, sample: Sample) -> Sample | None:
        """The same with the candidate's answers; None where a feature is redacted."""
        if self.candidate is None or len(sample.frame.columns) < len(self.candidate.spec.features):
            return None
        rows = self.candidate.spec.rows_of(sample.frame)
        return replace(sample, answers=self.candidate.predict(rows))

    def _without_repeats(self, rows: pd.DataFrame, name: str) -> Sample:
        features = [column for column in rows.columns if column in self.importance]
        counted = without_repeats(rows, self.reference.frame, features)
        return Sample(name=name, frame=counted, asked=len(rows))


def samples_of(
    case: Case, loaded: LoadedVersion, *, frame: pd.DataFrame, answers: Answers, training: pd.DataFrame
) -> Samples:
    """Read the reference, and let the candidate answer it.

    `frame` and `answers` are the evaluation set's, `training` is what the candidate was trained on.
    Raises `DatasetInvalid`, `ArtefactMissing` or `ArtefactCorrupt`.
    """
    return Samples(
        reference=_reference(case, loaded, training),
        evaluation=Sample(name=EVALUATION_SET, frame=frame, answers=answers),
        log=case.log,
        candidate=loaded,
        importance=importance_by_feature(loaded, loaded.spec.rows_of(loaded.spec.answerable(frame))),
    )


def _reference(case: Case, loaded: LoadedVersion, training: pd.DataFrame) -> Sample:
    """The dataset in the role of reference; else what the candidate was trained on."""
    name = REFERENCE_SET if case.reference else TRAINING_SET
    frame = read_frame(case.reference, loaded.spec) if case.reference else training
    rows = loaded.spec.rows_of(loaded.spec.answerable(frame))
    return Sample(name=name, frame=frame, answers=loaded.predict(rows))
