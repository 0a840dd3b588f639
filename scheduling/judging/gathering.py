"""From the inputs of a judgement to its evidence: read the data, rehearse, ask both versions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from predictions.conf import config
from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry import loading
from predictions.registry.datasets import Table, Tables
from predictions.tables.names import DatasetInvalid
from scheduling.evidence.evidence import AsAsked, Evidence
from scheduling.evidence.groupings import groupings_of
from scheduling.evidence.provenance import Policy
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed
from scheduling.evidence.samples import Hashes, Samples, hashes_of_all
from scheduling.judging.all_rows import AllRows, Judged, Rules, sums_of_all
from scheduling.judging.answers import (
    NotComparable,
    answers_and_proof,
    answers_as_asked,
    champion_answered,
    frame_of_champion,
    known_own_answers,
)
from scheduling.judging.drift_samples import samples_of
from scheduling.judging.inputs import Inputs
from scheduling.judging.rehearsing import rehearse_by


@dataclass(frozen=True, kw_only=True)
class OfCandidate:
    """What is known of a candidate's served form; nothing where it failed in the rehearsal."""

    answers: Answers | None = None
    proof: dict[str, Any] | None = None
    samples: Samples | None = None
    asked: AsAsked | None = None


@dataclass(frozen=True, kw_only=True)
class OfChampion:
    """The champion's answers, or the `problem`: why it cannot be compared with, as a clause."""

    problem: str = ""
    answers: Answers | None = None
    judged: Judged | None = None


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """The judged rows in the champion's own columns, and their groups; or the `problem`, as a clause."""

    rows: pd.DataFrame | None = None
    groupings: dict[str, np.ndarray] = field(default_factory=dict)
    problem: str = ""


def gather(
    inputs: Inputs,
    tables: Tables,
    hashes: Hashes | None = None,
    tell: Callable[[int], None] = lambda rows: None,
) -> Evidence:
    """Read the data, rehearse both versions unless that was done, and only then load them here.

    `hashes` are those of the evaluation rows, where they are known; `tell` gets the rows of a large set that
    both have answered. A version that failed in the rehearsal is
    not loaded: it would do the same to the run's own process.
    Raises `ArtefactMissing`, `ArtefactCorrupt`, `DatasetInvalid`, `SandboxRefused` or `VersionUnloadable`:
    without these nothing can be judged.
    """
    spec = inputs.candidate.signature.spec()
    evaluation, training = tables.of(inputs.evaluation), tables.of(inputs.training)
    frame = evaluation.frame(spec)
    judged = spec.answerable(frame)
    rivals = _rivals(inputs, evaluation, judged, spec)
    rehearsed = rehearse_by(inputs, judged, rivals.rows)
    expected = known_own_answers(inputs.candidate, evaluation)
    ours = _of_candidate(inputs, tables, rehearsed, frame=frame, judged=judged, expected=expected)
    theirs = _of_champion(inputs.champion, rivals, rehearsed, spec)
    of_all, theirs = _of_all_rows(
        inputs, evaluation, ours, theirs, expected=expected, groupings=tuple(rivals.groupings), tell=tell
    )
    sets = {"evaluation": evaluation, "training": training}
    return Evidence(
        spec=spec,
        candidate=inputs.candidate,
        champion=inputs.champion,
        evaluation=inputs.evaluation,
        frame=frame,
        rows={name: table.dataset.rows for name, table in sets.items() if table.is_sample},
        sums=of_all.sums,
        pair_sums=of_all.pair,
        all_hashes={
            "evaluation": hashes or hashes_of_all(evaluation, spec),
            "training": hashes_of_all(training, spec),
        },
        expected=expected,
        proof=ours.proof,
        as_asked=ours.asked,
        served_answers=ours.answers,
        drift_samples=ours.samples,
        slices=inputs.slices,
        champion_answers=theirs.answers,
        not_comparable=theirs.problem,
        groupings=rivals.groupings,
        looks=inputs.looks,
        rehearsed=rehearsed,
        training=training.frame(spec),
        policy=inputs.policy,
        api_base_url=config.API_BASE_URL.rstrip("/"),
        redacted=inputs.redacted,
    )


def _rivals(inputs: Inputs, evaluation: Table, judged: pd.DataFrame, spec: SignatureSpec) -> Rivals:
    champion, groupings = inputs.champion, {}
    if champion is None:
        return Rivals()
    try:
        groupings = groupings_by(inputs.policy, evaluation, judged, spec)
        rows = frame_of_champion(champion, evaluation, judged, spec)
    except NotComparable as error:
        return Rivals(groupings=groupings, problem=str(error))
    return Rivals(rows=rows, groupings=groupings)


def _of_candidate(
    inputs: Inputs, tables: Tables, rehearsed: Rehearsal | RehearsalFailed, *, frame: pd.DataFrame,
    judged: pd.DataFrame, expected: Answers,
) -> OfCandidate:  # fmt: skip
    """Load the candidate and let it answer; `expected` are scikit-learn's answers to the judged rows."""
    if isinstance(rehearsed, RehearsalFailed):
        return OfCandidate()
    loaded = loading.load(inputs.candidate)
    is_upload = inputs.candidate.source == ModelVersion.Source.UPLOADED
    is_hosted = inputs.candidate.rung == ModelVersion.Rung.HOST
    answers, proof = answers_and_proof(loaded, judged, expected, is_upload=is_upload)
    return OfCandidate(
        answers=answers,
        proof=proof,
        samples=samples_of(inputs, tables, loaded, frame=frame, judged=judged, answers=answers),
        asked=answers_as_asked(loaded, judged.iloc[rehearsed.rows]) if is_hosted else None,
    )


def _of_champion(
    champion: ModelVersion | None, rivals: Rivals, rehearsed: Rehearsal | RehearsalFailed, spec: SignatureSpec
) -> OfChampion:
    """Let the champion answer the judged rows in its own columns."""
    if champion is None or rivals.rows is None:
        return OfChampion(problem=rivals.problem)
    if isinstance(rehearsed, Rehearsal) and rehearsed.champion_failed:
        failed = rehearsed.champion_failed.rstrip(".")
        return OfChampion(problem=f"the live version failed in the rehearsal ({failed})")
    try:
        answers, is_own = champion_answered(champion, rivals.rows, spec)
    except NotComparable as error:
        return OfChampion(problem=str(error))
    return OfChampion(answers=answers, judged=Judged(version=champion, by_scikit_learn=is_own))


def _of_all_rows(
    inputs: Inputs, evaluation: Table, ours: OfCandidate, theirs: OfChampion, *, expected: Answers,
    groupings: tuple[str, ...], tell: Callable[[int], None],
) -> tuple[AllRows, OfChampion]:  # fmt: skip
    """Return the sums over all rows of a large set, and the champion: it may not answer one of them."""
    if not (evaluation.is_sample and ours.answers):
        return AllRows(), theirs
    candidate = Judged(version=inputs.candidate, by_scikit_learn=ours.answers is expected)
    rules = Rules(
        metric=inputs.policy.primary_metric,
        options=inputs.policy.options(inputs.candidate.signature.spec().labels),
        groupings=groupings,
        group_column=inputs.policy.group_column,
    )
    of_all = partial(sums_of_all, evaluation, candidate, rules=rules, tell=tell)
    try:
        return of_all(theirs.judged), theirs
    except NotComparable as error:
        return of_all(None), OfChampion(problem=str(error))


def groupings_by(
    policy: Policy, evaluation: Table, judged: pd.DataFrame, spec: SignatureSpec
) -> dict[str, np.ndarray]:
    """Return the groups of the judged rows by the policy's column, or by all that may be one without it.

    Raises `NotComparable`.
    """
    column = policy.group_column
    if not column:
        return groupings_of(evaluation.cells.loc[judged.index], spec)
    try:
        values = evaluation.column(column).loc[judged.index]
    except DatasetInvalid as error:
        raise NotComparable(f"the policy's group column is missing ({error})") from None
    if empty := int(values.isna().sum()):
        raise NotComparable(f"{empty} of {len(values)} rows have no value in the group column {column}")
    return {column: values.factorize()[0]}
