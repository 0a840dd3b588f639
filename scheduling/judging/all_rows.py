"""What candidate and champion are worth on all rows of a large evaluation set, a row group at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry.datasets import Table
from scheduling.judging.answers import answering, frame_of_champion, in_terms_of
from scheduling.statistics.metrics.scored import Options, scored
from scheduling.statistics.metrics.streamed import Sums

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A version whose answers are counted; `by_scikit_learn`: its served form was proved on the sample."""

    version: ModelVersion
    by_scikit_learn: bool

    def answer(self) -> Callable[[pd.DataFrame], Answers]:
        return answering(self.version, by_scikit_learn=self.by_scikit_learn)


def sums_of_all(
    table: Table,
    candidate: Judged,
    champion: Judged | None,
    *,
    options: Options,
    tell: Callable[[int], None],
) -> dict[str, Sums]:
    """Return the sums of "candidate" and "champion" over all rows that the candidate's signature accepts.

    `tell` gets the rows that are done. Raises `NotComparable` where the champion cannot answer a row, and
    what `answering` and `Table.frame` raise.
    """
    spec = candidate.version.signature.spec()
    judged = {"candidate": candidate} | ({"champion": champion} if champion else {})
    labels = spec.labels if spec.task == "classification" else ()
    sums = {who: Sums(labels=labels, options=options) for who in judged}
    ask = {who: one.answer() for who, one in judged.items()}
    done = 0
    for part in table.parts(_columns(spec, champion)):
        rows = spec.answerable(part.frame(spec))
        answers = {} if rows.empty else {"candidate": ask["candidate"](rows)}
        if champion and answers:
            rivals = frame_of_champion(champion.version, part, rows, spec)
            answers["champion"] = in_terms_of(spec, champion.version, ask["champion"](rivals))
        for who, of_rows in answers.items():
            _add(sums[who], rows[spec.output_name].tolist(), of_rows)
        tell(done := done + len(part.cells))
    return sums


def _add(sums: Sums, truth: list[object], answers: Answers) -> None:
    try:
        sums.add(scored(truth, answers, sums.labels))
    except KeyError:
        sums.refuse("a row has a label that the signature lacks")


def _columns(spec: SignatureSpec, champion: Judged | None) -> list[str]:
    """Those of both signatures, once each."""
    others = champion.version.signature.spec().names if champion else ()
    return list(dict.fromkeys([*spec.names, spec.output_name, *others]))
