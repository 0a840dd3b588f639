"""Labels that are equally probable are a tie only where the scores that a model chooses by are one, too.

Probabilities may be cut off where scores are not: those of SGDClassifier(loss="modified_huber") are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry.fitness import as_fitted
from predictions.registry.proof import leads

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-4  # relative, and of what scores differ by where probabilities differ by 1e-5


def others_by_score(
    estimator: Any, spec: SignatureSpec, frame: pd.DataFrame, *, expected: Answers, served: Answers
) -> int:
    """Count rows whose served label is another one although the scores of scikit-learn are no tie."""
    if expected.probabilities is None or not hasattr(estimator, "decision_function"):
        return 0
    pairs = enumerate(zip(expected.outputs, served.outputs, strict=True))
    others = [row for row, (theirs, ours) in pairs if theirs != ours]
    if not others:
        return 0
    given = as_fitted(estimator, spec).given(frame.iloc[others])
    scores = np.asarray(estimator.decision_function(given), dtype=float)
    lead, size = (abs(scores), 0.0) if scores.ndim == 1 else (leads(scores), abs(scores).max(axis=1))
    return int((lead > TOLERANCE * (1 + size)).sum())
