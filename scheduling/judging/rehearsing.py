"""The rehearsal of a judgement: which rows are sent, to whom, and what of it may be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.models import ModelVersion
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, without_words
from scheduling.judging.inputs import Inputs
from scheduling.rehearsal.session import drawn, rehearse

if TYPE_CHECKING:
    import pandas as pd


def rehearse_by(
    inputs: Inputs, judged: pd.DataFrame, rivals: pd.DataFrame | None
) -> Rehearsal | RehearsalFailed:
    """Rehearse with the champion if it accepts the same rows; what was measured before is taken as it is."""
    found: Rehearsal | RehearsalFailed
    try:
        found = inputs.rehearsed or _rehearse(inputs, judged, rivals)
    except RehearsalFailed as error:
        found = error
    return without_words(found) if inputs.redacted else found


def _rehearse(inputs: Inputs, judged: pd.DataFrame, rivals: pd.DataFrame | None) -> Rehearsal:
    champion, positions = inputs.champion, drawn(len(judged))

    def rows(version: ModelVersion, frame: pd.DataFrame) -> dict[int, tuple[Any, ...]]:
        sent = version.signature.spec().rows_of(frame.iloc[positions])
        return dict(zip(positions, sent, strict=True))

    sent = rows(inputs.candidate, judged)
    if champion is None or rivals is None:
        return rehearse(inputs.candidate, sent)
    return rehearse(inputs.candidate, sent, champion=champion, champion_rows=rows(champion, rivals))
