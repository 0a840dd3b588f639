"""Whether a retrained candidate is the champion again: then there is nothing to judge."""

from __future__ import annotations

import logging

from predictions.contract.answers import Answers
from predictions.contract.error_texts import kind_of
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry.datasets import Table
from predictions.registry.proof import compare
from scheduling.judging.answers import known_own_answers, own_answers

log = logging.getLogger("scheduling.runs")
FIRST = 1000  # rows that nearly always show that two versions differ
ROUNDING = 1e-9  # of sums that several threads add in any order


def same_as(candidate: ModelVersion, champion: ModelVersion, evaluation: Table) -> str:
    """Return how the two are the same, as a sentence; empty where they differ, or it cannot be told.

    By the hash of the artefact, else by scikit-learn's own answers to each evaluation row, which are those
    that registration has asked for already; the champion is asked for all where the first ones are the same.
    """
    if candidate.artefact_sha256 == champion.artefact_sha256:
        return _told(champion, "the same artefact, byte by byte")
    spec = candidate.signature.spec()
    if champion.signature.spec() != spec or evaluation.is_sample:
        return ""
    rows = spec.answerable(evaluation.frame(spec))
    try:
        ours = known_own_answers(candidate, evaluation)
        alike = all(
            _alike(ours.at(range(len(some))), own_answers(champion, some), spec)
            for some in ([rows.iloc[:FIRST], rows] if len(rows) > FIRST else [rows])
        )
    except Exception as error:  # an older library's object raises anything; then all checks are asked
        log.info("%s is not compared with %s beforehand: %s", candidate, champion, kind_of(error))
        return ""
    if len(rows) and alike:
        return _told(champion, f"the same answers on all {counted(len(rows), 'evaluation row')}")
    return ""


def _alike(ours: Answers, theirs: Answers, spec: SignatureSpec) -> bool:
    """Without ties: where two labels are as probable, the answers are still to be the same."""
    compared = compare(ours, theirs, spec.labels, tolerance=ROUNDING)
    return bool(compared["equal"] and not compared["ties"])


def _told(champion: ModelVersion, how: str) -> str:
    return f"Kept: retraining gave the same model as {champion.label}: {how}. So no check was asked."
