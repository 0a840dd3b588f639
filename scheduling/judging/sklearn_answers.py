"""scikit-learn's own answers for a registered version: what its served form is compared with.

An artefact that our trainer wrote is read here, once its hash is proved; an uploaded one only in the
sandbox.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from predictions.contract.answers import Answers
from predictions.models import ModelVersion
from predictions.registry import artefacts
from predictions.registry.compiling import answers_of
from scheduling.uploads import sandbox

if TYPE_CHECKING:
    import pandas as pd


def own_answers(version: ModelVersion, frame: pd.DataFrame, *, known: Answers | None = None) -> Answers:
    """Return what scikit-learn answers to the rows of `frame`: `known`, where it was asked them already.

    Raises `ArtefactMissing`, `ArtefactCorrupt`, `NotCompilable` or `SandboxRefused`.
    """
    import joblib

    if known is not None:
        return known
    spec = version.signature.spec()
    content = artefacts.read(version.artefact, sha256=version.artefact_sha256)
    if version.source == ModelVersion.Source.UPLOADED:
        return sandbox.answers(content, spec=spec, frame=frame)
    return answers_of(joblib.load(io.BytesIO(content)), spec, frame)
