"""From the inputs of a judgement to its evidence: read the data, rehearse, ask everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry import loading
from predictions.registry.datasets import DatasetInvalid, Table, Tables
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, without_words
from scheduling.judging.champion_answers import NotComparable, answers_of_champion, rows_of_champion
from scheduling.judging.drift_samples import samples_of
from scheduling.judging.inputs import Inputs
from scheduling.judging.sklearn_answers import own_answers
from scheduling.rehearsal.session import rehearse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Rows = list[tuple[Any, ...]]


def gather(inputs: Inputs, tables: Tables) -> Evidence:
    """Read the data, rehearse both versions unless that was done, and only then load them here.

    A version that failed there is not loaded: what it did there it would do to the run.
    Raises `ArtefactMissing`, `ArtefactCorrupt`, `DatasetInvalid`, `SandboxRefused` or `VersionUnloadable`:
    without these there is nothing to judge by.
    """
    spec = inputs.candidate.signature.spec()
    evaluation = tables.of(inputs.evaluation)
    frame = evaluation.frame(spec)
    judged = spec.answerable(frame)
    rows = spec.rows_of(judged)
    shared = _to_compare(inputs, evaluation, judged, spec)
    rehearsed = inputs.rehearsed or _try_rehearsal(inputs, rows, shared.rows)
    rehearsed = without_words(rehearsed) if inputs.redacted else rehearsed
    answers, samples = None, None
    if isinstance(rehearsed, Rehearsal):
        loaded = loading.load(inputs.candidate)
        answers = loaded.predict(rows)
        samples = samples_of(inputs, tables, loaded, frame=frame, rows=rows, answers=answers)
    champion_answers, problem = _answers_to_compare(inputs, shared, spec, rehearsed)
    return Evidence(
        spec=spec,
        candidate=inputs.candidate,
        champion=inputs.champion,
        evaluation=inputs.evaluation,
        frame=frame,
        expected=own_answers(inputs.candidate, judged, known=inputs.known_answers),
        served_answers=answers,
        drift_samples=samples,
        slices=inputs.slices,
        champion_answers=champion_answers,
        not_comparable=problem,
        groups=shared.groups,
        looks=inputs.looks,
        rehearsed=rehearsed,
        training=tables.of(inputs.training).frame(spec),
        policy=inputs.policy,
        api_base_url=settings.API_BASE_URL.rstrip("/"),
        redacted=inputs.redacted,
    )


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The judged rows in the champion's columns, and their groups; or why there are none."""

    rows: Rows | None = None
    groups: np.ndarray | None = None
    problem: str = ""


def _to_compare(inputs: Inputs, evaluation: Table, judged: pd.DataFrame, spec: SignatureSpec) -> Shared:
    if inputs.champion is None:
        return Shared()
    column = inputs.policy.group_column
    try:
        groups = groups_of(evaluation, judged, column) if column else None
        return Shared(rows=rows_of_champion(inputs.champion, evaluation, judged, spec), groups=groups)
    except NotComparable as error:
        return Shared(problem=str(error))


def _answers_to_compare(
    inputs: Inputs, shared: Shared, spec: SignatureSpec, rehearsed: Rehearsal | RehearsalFailed
) -> tuple[Answers | None, str]:
    """The champion's answers, and why there are none where there are none."""
    if inputs.champion is None or shared.rows is None:
        return None, shared.problem
    if isinstance(rehearsed, Rehearsal) and rehearsed.champion_failed:
        return None, f"the champion failed in the rehearsal: {rehearsed.champion_failed}"
    try:
        return answers_of_champion(inputs.champion, shared.rows, spec), ""
    except NotComparable as error:
        return None, str(error)


def groups_of(evaluation: Table, judged: pd.DataFrame, column: str) -> np.ndarray:
    """Number the groups of the judged rows from 0, in order of appearance. Raises `NotComparable`."""
    try:
        values = evaluation.column(column).loc[judged.index]
    except DatasetInvalid as error:
        raise NotComparable(f"the policy's group column is not there: {error}") from None
    if empty := int(values.isna().sum()):
        raise NotComparable(f"{empty} of {len(values)} rows have no value in the group column {column}")
    return values.factorize()[0]


def _try_rehearsal(inputs: Inputs, rows: Rows, rivals: Rows | None) -> Rehearsal | RehearsalFailed:
    """With the champion, where it can be asked the same rows."""
    other = inputs.champion if rivals is not None else None
    try:
        return rehearse(inputs.candidate, rows, champion=other, champion_rows=rivals)
    except RehearsalFailed as error:
        return error
