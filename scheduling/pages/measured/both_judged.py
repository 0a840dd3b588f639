"""What runs measured of two versions on the same rows: always of the first, compared with the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from predictions.contract.numbers import counted
from predictions.models import Dataset, ModelVersion
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.models import CheckResult, Run
from scheduling.pages.measured.judged import three_digits
from scheduling.statistics.metrics.words import better_when, higher_is_better, in_words

MOST_RUNS = 100
Ends = list[float] | None  # of an interval


@dataclass(frozen=True, kw_only=True)
class OneMetric:
    """The values of one metric, and which version it finds better on these rows."""

    name: str
    first: float
    second: float
    difference: float
    direction: str  # in words
    better: str  # the label of a version; empty where they are equal or nobody knows the direction
    first_ends: Ends  # of the interval of 95 %; None where it is not known
    second_ends: Ends


@dataclass(frozen=True, kw_only=True)
class BothJudged:
    """One evaluation set that judged both; `gain` is the interval of a run that compared them directly."""

    dataset: Dataset
    first: ModelVersion
    second: ModelVersion
    metric: str  # by which the newest of these runs decided
    values: dict[int, dict[str, Any]]  # by version
    intervals: dict[int, Ends]  # of the metric
    gain: dict[str, Any] | None

    @property
    def metrics(self) -> list[OneMetric]:
        """All that both have, the one that decides first."""
        names = [name for name in self.values[self.first.pk] if self._has_both(name)]
        return [self._one(name) for name in sorted(names, key=lambda name: name != self.metric)]

    @property
    def primary(self) -> OneMetric | None:
        return self._one(self.metric) if self._has_both(self.metric) else None

    @property
    def in_words(self) -> str:
        return in_words(self.metric)

    @property
    def found(self) -> str:
        """Whether the first is clearly "better" or "worse"; empty where chance may explain the difference."""
        if self.gain:
            return "better" if self.gain["low"] > 0 else "worse" if self.gain["high"] < 0 else ""
        first, second = (self.intervals.get(one.pk) for one in (self.first, self.second))
        if not (first and second) or (first[0] <= second[1] and second[0] <= first[1]):
            return ""
        return "better" if (first[0] > second[1]) == higher_is_better(self.metric) else "worse"

    @property
    def sentence(self) -> str:
        """How the two did by the metric that decides."""
        one = self.primary
        if one is None:
            return ""
        said = {"better": "is clearly better than", "worse": "is clearly worse than"}.get(
            self.found, "is not clearly better or worse than"
        )
        return (
            f"{self.first.label} {said} {self.second.label}: {one.name} {three_digits(one.first)} against "
            f"{three_digits(one.second)} on {counted(self.dataset.rows, 'row')}. {self.in_words}"
        )

    def _has_both(self, name: str) -> bool:
        return all(isinstance(found.get(name), int | float) for found in self.values.values())

    def _one(self, name: str) -> OneMetric:
        first, second = (self.values[one.pk][name] for one in (self.first, self.second))
        direction, better = better_when(name), ""
        if first != second and direction:
            better = (self.first if (first > second) == higher_is_better(name) else self.second).label
        ends = (
            [self.intervals.get(one.pk) for one in (self.first, self.second)] if name == self.metric else []
        )
        first_ends, second_ends = ends or (None, None)
        return OneMetric(
            name=name, first=first, second=second, difference=first - second, direction=direction,
            better=better, first_ends=first_ends, second_ends=second_ends,
        )  # fmt: skip


def results_of(version: ModelVersion, other: ModelVersion) -> list[CheckResult]:
    """Return what was measured of either, newest first. Two queries, each by an index, find the runs."""
    pair, runs = (version.pk, other.pk), Run.objects.order_by("-pk").values_list("pk", flat=True)
    ids = [*runs.filter(candidate__in=pair)[:MOST_RUNS], *runs.filter(champion__in=pair)[:MOST_RUNS]]
    found = CheckResult.objects.filter(check_id=EvaluationMetrics.id, run__in=ids).order_by("-pk")
    related = ("registered_model", "evaluation_dataset__registered_model", "candidate", "champion")
    return list(found.select_related("run__evidence_file", *(f"run__{name}" for name in related)))


def direct_run(results: list[CheckResult], pair: set[int]) -> Run | None:
    """Return the newest run that compared the two with each other."""
    return next((one.run for one in results if _pair(one.run) == pair), None)


def both_judged(results: list[CheckResult], first: ModelVersion, second: ModelVersion) -> list[BothJudged]:
    """Return each evaluation set that judged both, the one of the newest run first."""
    found: dict[int, dict[str, Any]] = {}
    for result in results:
        dataset = result.run.evaluation_dataset
        if dataset is None:
            continue
        metric = result.limit.get("primary_metric", "")
        one = found.setdefault(
            dataset.pk, {"dataset": dataset, "metric": metric, "values": {}, "intervals": {}, "gain": None}
        )
        _add(one, result)
        if _pair(result.run) == {first.pk, second.pk} and result.measured.get("gain"):
            one["gain"] = one["gain"] or _gain(result, first)
    pair = {first.pk, second.pk}
    both = [one for one in found.values() if pair <= one["values"].keys()]
    return [
        BothJudged(**one | {"values": {pk: one["values"][pk] for pk in pair}}, first=first, second=second)
        for one in both
    ]


def _add(one: dict[str, Any], result: CheckResult) -> None:
    """Note what was measured of each version, unless a newer run did; an interval is of one metric."""
    own = result.measured.get("own_interval") or {}
    is_same = result.limit.get("primary_metric", "") == one["metric"]
    for who in ("candidate", "champion"):
        version = getattr(result.run, f"{who}_id")
        if result.measured.get(who) and version not in one["values"]:
            one["values"][version] = result.measured[who]
            one["intervals"][version] = own.get(who) if is_same else None


def _pair(run: Run) -> set[int | None]:
    return {run.candidate_id, run.champion_id}


def _gain(result: CheckResult, first: ModelVersion) -> dict[str, Any]:
    """Return the interval of the gain of the first, whoever was the candidate then."""
    low, high = (result.measured["gain"][end] for end in ("low", "high"))
    ends = (low, high) if result.run.candidate_id == first.pk else (-high, -low)
    return {"metric": result.limit.get("primary_metric", ""), "low": ends[0], "high": ends[1]}
