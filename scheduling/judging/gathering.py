"""From the inputs of a judgement to its evidence: read the data, rehearse, ask both versions."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from django.conf import settings

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry import loading
from predictions.registry.datasets import Table, Tables
from predictions.registry.loading import LoadedVersion
from predictions.tables.names import DatasetInvalid
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.groupings import groupings_of, spans_of
from scheduling.evidence.provenance import Policy
from scheduling.evidence.rehearsed import Rehearsal
from scheduling.evidence.samples import (
    EVALUATION_SET,
    REFERENCE_SET,
    TRAINING_SET,
    Hashes,
    Sample,
    Samples,
    hashes_of_all,
)
from scheduling.judging.all_rows import Judged, sums_of_all
from scheduling.judging.answers import (
    NotComparable,
    answers_and_proof,
    answers_as_asked,
    champion_answered,
    frame_of_champion,
    known_own_answers,
)
from scheduling.judging.importance import importance_by_feature
from scheduling.judging.inputs import Inputs
from scheduling.judging.rehearsing import rehearse_by

MOST_REFERENCE_ROWS = 20_000  # shows a change of a share by .02 against as many recent rows
SEED = 0


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
    spec, champion = inputs.candidate.signature.spec(), inputs.champion
    evaluation = tables.of(inputs.evaluation)
    frame = evaluation.frame(spec)
    judged = spec.answerable(frame)
    sets = {"evaluation": evaluation, "training": tables.of(inputs.training)}
    rivals, problem, groupings = None, "", {}
    try:
        groupings = groupings_by(inputs.policy, evaluation, judged, spec) if champion else {}
        rivals = frame_of_champion(champion, evaluation, judged, spec) if champion else None
    except NotComparable as error:
        problem = str(error)
    rehearsed = rehearse_by(inputs, judged, rivals)
    expected = known_own_answers(inputs.candidate, evaluation)
    answers, proof, samples, theirs, asked = None, None, None, None, None
    rival, sums = None, {}
    if isinstance(rehearsed, Rehearsal):
        loaded = loading.load(inputs.candidate)
        is_upload = inputs.candidate.source == ModelVersion.Source.UPLOADED
        answers, proof = answers_and_proof(loaded, judged, expected, is_upload=is_upload)
        samples = samples_of(inputs, tables, loaded, frame=frame, judged=judged, answers=answers)
        if inputs.candidate.rung == ModelVersion.Rung.HOST:
            asked = answers_as_asked(loaded, judged.iloc[rehearsed.rows])
    if isinstance(rehearsed, Rehearsal) and rehearsed.champion_failed and rivals is not None:
        problem = f"the champion failed in the rehearsal ({rehearsed.champion_failed.rstrip('.')})"
    elif champion and rivals is not None:
        try:
            theirs, is_own = champion_answered(champion, rivals, spec)
            rival = Judged(version=champion, by_scikit_learn=is_own)
        except NotComparable as error:
            problem = str(error)
    if evaluation.is_sample and answers:
        options = inputs.policy.options(spec.labels)
        candidate = Judged(version=inputs.candidate, by_scikit_learn=answers is expected)
        try:
            sums = sums_of_all(evaluation, candidate, rival, options=options, tell=tell)
        except NotComparable as error:
            problem, theirs = str(error), None
            sums = sums_of_all(evaluation, candidate, None, options=options, tell=tell)
    return Evidence(
        spec=spec,
        candidate=inputs.candidate,
        champion=champion,
        evaluation=inputs.evaluation,
        frame=frame,
        rows={name: table.dataset.rows for name, table in sets.items() if table.is_sample},
        sums=sums,
        all_hashes={
            "evaluation": hashes or hashes_of_all(evaluation, spec),
            "training": hashes_of_all(sets["training"], spec),
        },
        expected=expected,
        proof=proof,
        as_asked=asked,
        served_answers=answers,
        drift_samples=samples,
        slices=inputs.slices,
        champion_answers=theirs,
        not_comparable=problem,
        groupings=groupings,
        looks=inputs.looks,
        rehearsed=rehearsed,
        training=sets["training"].frame(spec),
        policy=inputs.policy,
        api_base_url=settings.API_BASE_URL.rstrip("/"),
        redacted=inputs.redacted,
    )


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
        chance = np.random.default_rng(SEED)
        chosen = np.sort(chance.choice(len(reference), MOST_REFERENCE_ROWS, replace=False))
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
