"""The samples that drift is looked for between: read, and answered by the candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.contract.answers import Answers
from predictions.registry.datasets import Tables
from predictions.registry.loading import LoadedVersion
from scheduling.evidence.samples import EVALUATION_SET, REFERENCE_SET, TRAINING_SET, Sample, Samples
from scheduling.judging.importance import importance_by_feature
from scheduling.judging.inputs import Inputs

if TYPE_CHECKING:
    import pandas as pd


def samples_of(
    inputs: Inputs,
    tables: Tables,
    loaded: LoadedVersion,
    *,
    frame: pd.DataFrame,
    rows: list[tuple[Any, ...]],
    answers: Answers,
) -> Samples:
    """Let the candidate answer the reference.

    The evaluation set's are `frame`, the `rows` of it that can be asked, and the `answers` to these.
    Raises `DatasetInvalid`, `ArtefactMissing` or `ArtefactCorrupt`.
    """
    return Samples(
        reference=_reference(inputs, tables, loaded),
        evaluation=Sample(name=EVALUATION_SET, frame=frame, answers=answers),
        log=inputs.log,
        candidate=loaded,
        importance=importance_by_feature(loaded, rows),
    )


def _reference(inputs: Inputs, tables: Tables, loaded: LoadedVersion) -> Sample:
    """The dataset in the role of reference; else what the candidate was trained on."""
    frame = tables.of(inputs.reference or inputs.training).frame(loaded.spec)
    rows = loaded.spec.rows_of(loaded.spec.answerable(frame))
    name = REFERENCE_SET if inputs.reference else TRAINING_SET
    return Sample(name=name, frame=frame, answers=loaded.predict(rows))
