"""What the checks of drift compare: reference and evaluation set, answered by the candidate, and the log."""

import numpy as np
import pandas as pd

from predictions.contract.answers import Answers
from predictions.registry.datasets import Tables
from predictions.registry.loading import LoadedVersion
from scheduling.evidence.groupings import spans_of
from scheduling.evidence.samples import EVALUATION_SET, REFERENCE_SET, TRAINING_SET, Sample, Samples
from scheduling.judging.importance import importance_by_feature
from scheduling.judging.inputs import Inputs

MOST_REFERENCE_ROWS = 20_000  # shows a change of a share by .02 against as many recent rows
SEED = 0


def samples_of(
    inputs: Inputs,
    tables: Tables,
    loaded: LoadedVersion,
    *,
    frame: pd.DataFrame,
    judged: pd.DataFrame,
    answers: Answers,
) -> Samples:
    """Let the candidate answer the reference: the reference set, else the set that it was trained on.

    Of a large one `MOST_REFERENCE_ROWS` are drawn, always the same. `judged` are the rows of the evaluation
    set, `frame`, that the signature accepts, `answers` those to them.
    Raises `DatasetInvalid`, `ArtefactMissing` or `ArtefactCorrupt`.
    """
    table = tables.of(inputs.reference or inputs.training)
    reference, groups = table.frame(loaded.spec), spans_of(table.cells)
    if len(reference) > MOST_REFERENCE_ROWS:
        chosen = drawn_reference(len(reference))
        reference, groups = reference.iloc[chosen], None if groups is None else groups[chosen]
    return Samples(
        reference=Sample(
            name=REFERENCE_SET if inputs.reference else TRAINING_SET,
            frame=reference,
            answers=loaded.predict_frame(loaded.spec.answerable(reference)),
            groups=groups,
        ),
        evaluation=Sample(
            name=EVALUATION_SET,
            frame=frame,
            answers=answers,
            groups=spans_of(tables.of(inputs.evaluation).cells),
        ),
        log=inputs.log,
        candidate=loaded,
        importance=importance_by_feature(loaded, judged),
    )


def drawn_reference(n: int) -> np.ndarray:
    """Return the positions of `MOST_REFERENCE_ROWS` of n rows, in order; always the same."""
    return np.sort(np.random.default_rng(SEED).choice(n, MOST_REFERENCE_ROWS, replace=False))
