"""What drift is looked for between: a reference, and what came lately."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from predictions.contract.answers import Answers
from predictions.registry.loading import LoadedVersion
from scheduling.evidence.provenance import Windows
from scheduling.evidence.row_hashes import hash_rows
from scheduling.statistics.drift.repeats import counting_rows

if TYPE_CHECKING:
    import pandas as pd

TRAINING_SET, REFERENCE_SET = "training set", "reference set"
EVALUATION_SET, PREDICTION_LOG = "evaluation set", "prediction log"
LABELLED_LOG = "true labels told of the prediction log"


@dataclass(frozen=True, kw_only=True)
class Log:
    """The newest requests that one signature took, and those whose label was told, each newest first.

    Features as in a dataset, and the labels as the output; a feature that a row does not tell, because it
    is redacted, has no column. A window has the first and last id, the number of rows, and a hash of all
    ids and labels: rows of the log never change, but old ones are pruned, and late ones come between them.
    """

    asked: pd.DataFrame
    told: pd.DataFrame
    windows: Windows  # of both; None where the rows were too few to be of use

    def requests(self, most: int) -> pd.DataFrame:
        """Return the newest `most` requests."""
        return self.asked.head(most)

    def labelled(self, most: int) -> pd.DataFrame:
        """Return the newest `most` whose label was told."""
        return self.told.head(most)


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


def without_repeats(rows: pd.DataFrame, reference: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    """Return the rows that count: one request that is sent again and again counts as chance explains."""
    if rows.empty or reference.empty or not features:
        return rows
    hashes = [hash_rows(frame[features]).to_numpy() for frame in (rows, reference)]
    return rows[counting_rows(*hashes)].reset_index(drop=True)
