"""What the checks look at, computed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion
from scheduling.evidence.provenance import Policy
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed
from scheduling.evidence.samples import Hashes, Samples, hashes_of
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored, scored
from scheduling.statistics.metrics.streamed import NEEDS_ALL, Sums
from scheduling.statistics.metrics.table import METRICS, measure

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.statistics.comparison.basis import Basis
    from scheduling.statistics.comparison.dependence import Dependence
    from scheduling.statistics.comparison.streamed_pair.pair_sums import PairSums


@dataclass(frozen=True, kw_only=True)
class AsAsked:
    """scikit-learn's answers to the rehearsed rows one by one, and so many together as in the rehearsal.

    They may differ: the distances of neighbours, for example, are rounded by the number of rows.
    """

    alone: Answers
    together: Answers


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The candidate, what it is compared with, and all their answers to the evaluation rows."""

    spec: SignatureSpec
    candidate: ModelVersion
    champion: ModelVersion | None
    evaluation: Dataset
    frame: pd.DataFrame  # evaluation rows: features in order, then the output; of a large set a sample
    rows: dict[str, int] = field(
        default_factory=dict
    )  # of the sets of which `frame` or `training` is a sample
    sums: dict[str, Sums] = field(default_factory=dict)  # of a large set: over all rows, as `scored`
    pair_sums: PairSums | None = None  # of both; None as well where the interval has to be the sample's
    all_hashes: dict[str, Hashes] = field(default_factory=dict)  # of "evaluation", "training": of all rows
    expected: Answers  # scikit-learn's own, to the judged rows
    proof: dict[str, Any] | None  # how the served form's compare with them; None where the rehearsal failed
    as_asked: AsAsked | None = None  # of a candidate in the model host
    served_answers: Answers | None  # the served form's, or `expected` where that is proved; None as `proof`
    champion_answers: Answers | None
    not_comparable: str  # why the two cannot be compared, as a clause; empty where they can
    drift_samples: Samples | None  # None where the rehearsal failed
    slices: dict[str, str]  # that people named: name -> condition
    groupings: dict[str, np.ndarray]  # of the judged rows: what may belong together has one number, from 0
    looks: int  # that were counted at this evaluation set before
    rehearsed: Rehearsal | RehearsalFailed
    training: pd.DataFrame  # as `frame`: the rows that the candidate was trained on
    policy: Policy
    api_base_url: str
    redacted: frozenset[str]  # features whose values nobody may see

    def sample_of(self, names: Iterable[str]) -> tuple[str, dict[str, dict[str, int]]]:
        """Return a sentence and figures about those of these sets of which a sample is looked at."""
        sets = {"evaluation": self.frame, "training": self.training}
        found = {
            name: {"rows": self.rows[name], "sample": len(sets[name])} for name in names if name in self.rows
        }
        parts = [f"{one['sample']:,} of {one['rows']:,} {name} rows" for name, one in found.items()]
        return (f"This was measured on a sample of {' and '.join(parts)}." if parts else ""), found

    @property
    def rehearsal(self) -> Rehearsal:
        """What the rehearsal measured. Raises `RehearsalFailed`: each check that needs it answers so."""
        return self.rehearsed if isinstance(self.rehearsed, Rehearsal) else self._raise_why_failed()

    @property
    def candidate_answers(self) -> Answers:
        """What the candidate answers to the judged rows. Raises `RehearsalFailed`."""
        return self.served_answers or self._raise_why_failed()

    @property
    def samples(self) -> Samples:
        """The samples of drift. Raises `RehearsalFailed`."""
        return self.drift_samples or self._raise_why_failed()

    def _raise_why_failed(self) -> NoReturn:
        assert isinstance(self.rehearsed, RehearsalFailed), "a candidate with a rehearsal has answers"
        raise self.rehearsed.with_traceback(None)  # which would grow with each check that asks

    @cached_property
    def judged(self) -> pd.DataFrame:
        """The evaluation rows that the signature accepts; data quality complains of the others."""
        return self.spec.answerable(self.frame)

    @cached_property
    def hashes(self) -> dict[str, Hashes]:
        """Those of all rows, also of a set of which `frame` or `training` is a sample."""
        sets = {"evaluation": self.frame, "training": self.training}
        return {name: self.all_hashes.get(name) or hashes_of(rows, self.spec) for name, rows in sets.items()}

    @cached_property
    def scored(self) -> dict[str, Scored]:
        """The judged rows with the answers of the candidate and, where they exist, of the champion."""
        truth = self.judged[self.spec.output_name].tolist()
        labels = self.spec.labels if self.spec.task == "classification" else ()
        both = {"candidate": self.candidate_answers, "champion": self.champion_answers}
        return {who: scored(truth, said, labels) for who, said in both.items() if said is not None}

    def measure_all(self, names: Sequence[str], who: str) -> tuple[dict[str, float | None], dict[str, str]]:
        """Return `measure` of all rows of a large set too; what cannot be had from parts is the sample's."""
        if who not in self.sums:
            return measure(names, self.scored[who], self.options)
        values, undefined = self.sums[who].values(names)
        few, why_few = measure(self.by_sample(names), self.scored[who], self.options)
        others = {name: why for name, why in undefined.items() if name not in few}
        return values | few, others | why_few

    def by_sample(self, names: Sequence[str]) -> list[str]:
        """Which of these metrics are measured on a sample: they need all rows at once, and these are many."""
        undefined = [sums.values(names)[1] for sums in self.sums.values()]
        return [name for name in names if any(why.get(name) == NEEDS_ALL for why in undefined)]

    @cached_property
    def dependence(self) -> Dependence | None:
        """How the judged rows depend: by the policy's group column, or else as their gains show."""
        from scheduling.statistics.comparison.dependence import Clusters, Dependence, find_dependence
        from scheduling.statistics.comparison.gain import gains_of_rows
        from scheduling.statistics.comparison.pair import Pair

        metric = METRICS[self.policy.primary_metric]
        if not self.groupings or len(self.scored) < 2 or metric.task != self.spec.task:
            return None
        try:
            gains = gains_of_rows(metric, Pair.of(self.scored), self.options)
        except MetricUndefined:
            return None
        if self.policy.group_column:
            [(by, groups)] = self.groupings.items()
            return Dependence.measured(by, Clusters.of(gains, groups), groups)
        return find_dependence(gains, self.groupings)

    @property
    def groups(self) -> np.ndarray | None:
        """The numbers of the judged rows' groups, (n,), from 0; None where rows are independent."""
        return self.dependence.groups if self.dependence else None

    @cached_property
    def basis_of_all(self) -> Basis | None:
        """By what the two are compared on all rows of a large set; None where the sample decides.

        Raises `MetricUndefined`.
        """
        sums = self.pair_sums
        return sums.basis(group_column=self.policy.group_column) if sums else None

    @property
    def options(self) -> Options:
        return self.policy.options(self.spec.labels)
