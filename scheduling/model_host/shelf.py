"""The versions that the model host has in memory; the one asked longest ago goes first."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import MISSING_TEXT, SignatureSpec
from predictions.hosted.wire import Question, Wanted
from predictions.registry import artefacts
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.shelf import LastUsed
from scheduling.uploads.refusals import Refused

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("scheduling.model_host")


class NotLoadable(Exception):
    """The file is missing or changed, or is not accepted."""


@dataclass(frozen=True, kw_only=True)
class HostedVersion:
    """An estimator with its contract."""

    estimator: Any
    spec: SignatureSpec

    def answer(self, question: Question) -> Answers:
        """Return scikit-learn's own answers. Raises what the estimator raises."""
        from predictions.registry.sklearn_answers import answers_of

        return answers_of(self.estimator, self.spec, frame_of(question, self.spec))


def frame_of(question: Question, spec: SignatureSpec) -> pd.DataFrame:
    """Return the rows as a dataset has them: numbers as float64, text as objects, a missing one as NaN."""
    import pandas as pd

    arrays = list(question.columns.values())
    if spec.is_matrix:
        matrix = np.frombuffer(arrays[0]).reshape(question.rows, -1)  # type: ignore[arg-type]
        return pd.DataFrame(matrix, columns=list(spec.names))
    columns = {name: _column(values) for name, values in zip(spec.names, arrays, strict=True)}
    return pd.DataFrame(columns)


def _column(values: bytes | list[str]) -> Any:
    if isinstance(values, bytes):
        return np.frombuffer(values)
    return np.array([np.nan if value == MISSING_TEXT else value for value in values], dtype=object)


class Shelf(LastUsed[bytes, HostedVersion]):
    """The versions that were asked last."""

    def __init__(self, *, most: int) -> None:
        super().__init__(lambda: most)

    def get(self, key: bytes, wanted: Wanted) -> HostedVersion:
        """Return the version, loaded if it is not yet. Raises `NotLoadable`."""
        return self.fetch(key, lambda: _loaded(wanted), waits=True)


def _loaded(wanted: Wanted) -> HostedVersion:
    version = HostedVersion(estimator=opened(wanted), spec=wanted.spec)
    log.info("version=%s: loaded", wanted.version)
    return version


def opened(wanted: Wanted) -> Any:
    """Return the estimator in a registered skops file, checked as an upload is. Raises `NotLoadable`."""
    from scheduling.uploads import hosting

    try:
        return hosting.opened(artefacts.read(wanted.served_form, sha256=wanted.sha256))
    except (ArtefactMissing, ArtefactCorrupt, Refused) as error:
        raise NotLoadable(str(error)) from error
