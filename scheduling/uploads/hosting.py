"""The last rung: scikit-learn itself, in the model host, out of a skops file that passes the audit."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from predictions.conf import config
from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import Rung
from predictions.registry.loading import HOST
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import answers_of
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.container import checked_file

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-12


def hosted(skops_file: bytes, estimator: Any) -> Rung:
    """Return the rung of a file that was opened already, and passed the audit."""

    def ask(_: bytes, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
        return answers_of(estimator, spec, frame)

    return Rung(name=HOST, make=lambda *_: skops_file, tolerance=TOLERANCE, ask=ask)


def _as_skops(estimator: Any, spec: SignatureSpec) -> bytes:
    """Raises `NotCompilable` for what skops cannot write."""
    import skops.io

    try:
        return skops.io.dumps(estimator, compression=zipfile.ZIP_DEFLATED)
    except Exception as error:  # skops raises whatever an unknown type raises
        raise NotCompilable("not_kept", estimator) from error


def _ask_reopened(content: bytes, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    try:
        estimator = opened(content)
    except Refused as error:
        raise NotCompilable("not_opened", why=str(error)) from error
    return answers_of(estimator, spec, frame)


def opened(content: bytes) -> Any:
    """Return the estimator in a skops file, checked as an upload is. Raises `Refused`."""
    return open_skops(*checked_file(content), trusted=config.TRUSTED_MODULES)


OWN = Rung(
    name=HOST, make=_as_skops, tolerance=TOLERANCE, ask=_ask_reopened
)  # of an estimator of our trainer
