"""What candidate and champion are worth on all rows of a large evaluation set, a row group at a time.

The interval of the gain too, where the metric has sums: else the sample gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from predictions.registry.datasets import Table
from scheduling.evidence.groupings import codes_of
from scheduling.judging.answers import NotComparable, answering, frame_of_champion, in_terms_of
from scheduling.statistics.comparison.streamed_pair.pair_sums import PairSums, has_sums
from scheduling.statistics.comparison.streamed_pair.sums_by_key import Codes
from scheduling.statistics.metrics.scored import Options, scored
from scheduling.statistics.metrics.streamed import Sums
from scheduling.statistics.metrics.table import METRICS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A version whose answers are counted; `by_scikit_learn`: its served form was proved on the sample."""

    version: ModelVersion
    by_scikit_learn: bool

    def answer(self) -> Callable[[pd.DataFrame], Answers]:
        return answering(self.version, by_scikit_learn=self.by_scikit_learn)


@dataclass(frozen=True, kw_only=True)
class AllRows:
    """Of a large set: the sums of "candidate" and "champion", and of both together. Else nothing."""

    sums: dict[str, Sums] = field(default_factory=dict)
    pair: PairSums | None = None  # None: no champion, or a metric whose interval has no sums

    @property
    def each(self) -> list[Sums | PairSums]:
        return [*self.sums.values(), *([self.pair] if self.pair else [])]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """By what the two are compared."""

    metric: str
    options: Options
    groupings: tuple[str, ...] = ()  # as `groupings_of` names them
    group_column: str = ""


def sums_of_all(
    table: Table, candidate: Judged, champion: Judged | None, *, rules: Rules, tell: Callable[[int], None]
) -> AllRows:
    """Return the sums over all rows that the candidate's signature accepts.

    `tell` gets the rows that are done. Raises `NotComparable` where the champion cannot answer a row, and
    what `answering` and `Table.frame` raise.
    """
    spec = candidate.version.signature.spec()
    judged = {"candidate": candidate} | ({"champion": champion} if champion else {})
    found = _nothing_yet(spec, judged, rules)
    ask = {who: one.answer() for who, one in judged.items()}
    done = 0
    for part in table.parts(_columns(spec, champion, rules)):
        rows = spec.answerable(part.frame(spec))
        answers = {} if rows.empty else {"candidate": ask["candidate"](rows)}
        if champion and answers:
            rivals = frame_of_champion(champion.version, part, rows, spec)
            answers["champion"] = in_terms_of(spec, champion.version, ask["champion"](rivals))
        if answers:
            codes = _codes(part, rows, rules) if found.pair else {}
            _add(found, rows[spec.output_name].tolist(), answers, codes)
        tell(done := done + len(part.cells))
    return found


def _nothing_yet(spec: SignatureSpec, judged: dict[str, Judged], rules: Rules) -> AllRows:
    labels = spec.labels if spec.task == "classification" else ()
    metric = METRICS[rules.metric]
    is_summed = "champion" in judged and metric.task == spec.task and has_sums(metric)
    return AllRows(
        sums={who: Sums(labels=labels, options=rules.options) for who in judged},
        pair=PairSums(metric, options=rules.options, labels=labels) if is_summed else None,
    )


def _codes(part: Table, rows: pd.DataFrame, rules: Rules) -> dict[str, np.ndarray]:
    """Return the group of each row by each grouping. Raises `NotComparable` as the gate's policy demands."""
    cells = part.cells.loc[rows.index]
    if rules.group_column and (empty := int(cells[rules.group_column].isna().sum())):
        raise NotComparable(f"{empty} or more rows have no value in the group column {rules.group_column}")
    return codes_of(cells, rules.groupings)


def _add(found: AllRows, truth: list[object], answers: dict[str, Answers], codes: Codes) -> None:
    labels = found.sums["candidate"].labels
    try:
        rows = {who: scored(truth, of_rows, labels) for who, of_rows in answers.items()}
    except KeyError:
        for sums in found.each:
            sums.refuse("a row has a label that the signature lacks")
        return
    for who, one in rows.items():
        found.sums[who].add(one)
    if found.pair:
        found.pair.add(rows["champion"], rows["candidate"], codes)


def _columns(spec: SignatureSpec, champion: Judged | None, rules: Rules) -> list[str]:
    """Those of both signatures and of the groupings, once each."""
    others = champion.version.signature.spec().names if champion else ()
    grouping = [column for name in rules.groupings for column in (name, name.partition(" of ")[2])]
    return list(dict.fromkeys([*spec.names, spec.output_name, *others, *grouping]))
