"""Rows as 64 bits each, to compare, count and search them; and the samples that drift is searched between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from predictions.contract.answers import Answers
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry.loading import LoadedVersion
from scheduling.evidence.counted_hashes import duplicated, found_in
from scheduling.evidence.provenance import Windows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from predictions.registry.datasets import Table

TRAINING_SET, REFERENCE_SET = "training set", "reference set"
EVALUATION_SET, PREDICTION_LOG = "evaluation set", "prediction log"
LABELLED_LOG = "predictions with a known label"


@dataclass(frozen=True, kw_only=True)
class Hashes:
    """64 bits for each row: of its features, and of its features with the label."""

    features: pd.Series
    with_label: pd.Series

    def contradicting(self, spec: SignatureSpec) -> pd.Series:
        """Which rows have a twin with the same features and another label; never those of a regression."""
        if not spec.labels:
            return self.features.isna()
        by_label = self.features[~duplicated(self.with_label)]
        return found_in(self.features, by_label[duplicated(by_label)])


def hashes_of(frame: pd.DataFrame, spec: SignatureSpec) -> Hashes:
    """Hash the rows of a dataset; a label that the signature does not have counts as missing."""
    features = hash_rows(frame[[feature.name for feature in spec.features]])
    outputs = frame[spec.output_name]
    if spec.labels:  # 0 and 1 are floats where a cell is empty, and objects where one is a text
        outputs = outputs.map({label: str(label) for label in spec.labels}).astype("object")
    return Hashes(features=features, with_label=features ^ hash_rows(outputs.to_frame()))


def hashes_of_all(
    table: Table, spec: SignatureSpec, tell: Callable[[int], None] = lambda rows: None
) -> Hashes:
    """Hash all rows of a dataset, a row group of a large one at a time; `tell` gets the rows that are done.

    Raises what `Table.frame` raises.
    """
    import numpy as np
    import pandas as pd

    if not table.is_sample:
        return hashes_of(table.frame(spec), spec)
    features, with_label = (np.empty(table.dataset.rows, dtype=np.uint64) for _ in range(2))
    done = 0
    for frame in table.batches(spec):
        part, here = hashes_of(frame, spec), slice(done, done + len(frame))
        features[here], with_label[here] = part.features, part.with_label
        tell(done := done + len(frame))
    return Hashes(features=pd.Series(features), with_label=pd.Series(with_label))


def hash_rows(frame: pd.DataFrame) -> pd.Series:
    """Return 64 bits for each row; two missing values are equal, and so are -0.0 and 0.0."""
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    columns = {
        name: column + 0.0 if is_numeric_dtype(column) else column.astype("str").fillna("")
        for name, column in frame.items()
    }
    hashed: pd.Series = pd.util.hash_pandas_object(pd.DataFrame(columns, index=frame.index), index=False)
    return hashed


def twin_share(rows: pd.Series) -> float:
    """Return the share of hashes that occur more than once.

    A new row of the same kind is found in the set by chance as often.
    """
    return float(duplicated(rows, keep=False).mean()) if len(rows) else 0.0


@dataclass(frozen=True, kw_only=True)
class Log:
    """The newest requests of one signature, and those whose label is known, each newest first.

    Features as in a dataset, and the labels as the output; a feature that is absent in a row, because it
    is redacted, has no column. A window has the first and last id, the number of rows, and a hash of all
    ids and labels: rows of the log never change, but old ones are pruned, and late ones come between them.
    """

    asked: pd.DataFrame
    told: pd.DataFrame
    windows: Windows  # of both; None where the rows were too few


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows, with the candidate's answers to those that its signature accepts."""

    name: str
    frame: pd.DataFrame
    answers: Answers | None = None  # None where a feature is redacted, or no check needs them
    asked: int | None = None  # rows before repeats were left out; None where repeats count
    groups: np.ndarray | None = None  # numbers of the rows' days, or the like, from 0, (n,); None if unknown

    @property
    def described(self) -> str:
        """Its name and size; of a log also how many rows were left out, because they repeat others."""
        rows = len(self.frame)
        if self.asked is None or self.asked == rows:
            return f"{self.name} ({counted(rows, 'row')})"
        return f"{self.name} ({counted(self.asked, 'row')}, {rows:,} without repeats)"

    @property
    def size(self) -> dict[str, Any]:
        repeats = {} if self.asked is None else {"asked": self.asked}
        return {"name": self.name, "rows": len(self.frame)} | repeats


@dataclass(frozen=True, kw_only=True)
class Samples:
    """The two sides of each question about drift. Logged rows are cut as each check's limits say."""

    reference: Sample  # features, then the output
    evaluation: Sample  # features, then the output
    log: Log
    importance: dict[str, float]  # of each feature for the candidate's answers; sums to 1
    candidate: LoadedVersion | None = None  # None: logged rows cannot be answered
    _logged: dict[int, Sample] = field(default_factory=dict, init=False, repr=False, compare=False)

    def logged(self, most: int) -> Sample:
        """The newest `most` requests, without repeats; computed once, so that two checks see the same."""
        if most not in self._logged:
            self._logged[most] = self._without_repeats(self.log.asked.head(most), PREDICTION_LOG)
        return self._logged[most]

    def labelled(self, most: int) -> Sample:
        """The same of those whose true label is known, with the label as the output."""
        return self._without_repeats(self.log.told.head(most), LABELLED_LOG)

    def answered(self, sample: Sample) -> Sample | None:
        """Add the candidate's answers; None where a feature is redacted."""
        if self.candidate is None or len(sample.frame.columns) < len(self.candidate.spec.features):
            return None
        return replace(sample, answers=self.candidate.predict_frame(sample.frame))

    def _without_repeats(self, rows: pd.DataFrame, name: str) -> Sample:
        features = [column for column in rows.columns if column in self.importance]
        counted = without_repeats(rows, self.reference.frame, features)
        return Sample(name=name, frame=counted, asked=len(rows))


def without_repeats(rows: pd.DataFrame, reference: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    """Return the rows that count: a request that is repeated counts as often as chance explains."""
    if rows.empty or reference.empty or not features:
        return rows
    from scheduling.statistics.drift import counting_rows  # the web tier has no scipy

    hashes = [hash_rows(frame[features]).to_numpy() for frame in (rows, reference)]
    return rows[counting_rows(*hashes)].reset_index(drop=True)
