"""How a version compares with another: parameters, metrics on the same rows, rows they disagree on."""

from __future__ import annotations

import math
from typing import Any

from predictions.models import ModelVersion
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.evidence_page.page import evidence_page
from scheduling.models import CheckResult, Run

MOST_RUNS, MOST_PARAMETERS, MOST_VERSIONS = 100, 60, 50
Z = 1.96
COUNTED = "accuracy"  # a share of rows, so that its own interval is known


def choices_of(version: ModelVersion) -> list[ModelVersion]:
    """Return the versions that it can be compared with, the newest first."""
    others = ModelVersion.objects.of(version.registered_model).exclude(pk=version.pk)
    return list(others.select_related("signature__registered_model")[:MOST_VERSIONS])


def versus(version: ModelVersion, other: ModelVersion, reader: Any) -> dict[str, Any]:
    """Return what the template `scheduling/version/versus.html` shows."""
    results = _results(version, other)
    direct = next((one.run for one in results if _pair(one.run) == {version.pk, other.pk}), None)
    page = evidence_page(direct, reader=reader) if direct else None
    rows = next((one for one in page.exhibits if one["id"] == "changed_rows"), None) if page else None
    return {
        "other": other,
        "parameters": differing(version.params, other.params),
        "sets": _sets(results, version, other),
        "direct": direct,
        "picture": page and page.main,
        "rows": rows,
    }


def differing(mine: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return (name, here, there) of each parameter that is not the same; "–" where there is none."""
    names = sorted(mine.keys() | theirs.keys())
    values = [(name, mine.get(name, "–"), theirs.get(name, "–")) for name in names]
    return [row for row in values if row[1] != row[2]][:MOST_PARAMETERS]


def _results(version: ModelVersion, other: ModelVersion) -> list[CheckResult]:
    """Return what was measured of either, newest first. Two queries, each by an index, find the runs."""
    pair, runs = (version.pk, other.pk), Run.objects.order_by("-pk").values_list("pk", flat=True)
    ids = [*runs.filter(candidate__in=pair)[:MOST_RUNS], *runs.filter(champion__in=pair)[:MOST_RUNS]]
    found = CheckResult.objects.filter(check_id=EvaluationMetrics.id, run__in=ids).order_by("-pk")
    related = ("registered_model", "evaluation_dataset__registered_model", "candidate", "champion")
    return list(found.select_related("run__evidence_file", *(f"run__{name}" for name in related)))


def _pair(run: Run) -> set[int | None]:
    return {run.candidate_id, run.champion_id}


def _sets(results: list[CheckResult], version: ModelVersion, other: ModelVersion) -> list[dict[str, Any]]:
    """Return each evaluation set that both were judged on, with the metrics of both."""
    found: dict[int, dict[str, Any]] = {}
    for result in results:
        run, measured = result.run, result.measured
        dataset = run.evaluation_dataset
        if dataset is None:
            continue
        one = found.setdefault(dataset.pk, {"dataset": dataset, "of": {}})
        for who in ("candidate", "champion"):
            if measured.get(who):
                one["of"].setdefault(getattr(run, f"{who}_id"), measured[who])
        if _pair(run) == {version.pk, other.pk} and measured.get("gain"):
            one.setdefault("gain", _gain(result, version))
    both = [one for one in found.values() if {version.pk, other.pk} <= one["of"].keys()]
    return [one | {"metrics": _metrics(one, version, other)} for one in both]


def _gain(result: CheckResult, version: ModelVersion) -> dict[str, Any]:
    """Return the interval of the gain of this version over the other, whoever was the candidate then."""
    low, high = (result.measured["gain"][end] for end in ("low", "high"))
    ends = (low, high) if result.run.candidate_id == version.pk else (-high, -low)
    return {"metric": result.limit.get("primary_metric", ""), "low": ends[0], "high": ends[1]}


def _metrics(one: dict[str, Any], version: ModelVersion, other: ModelVersion) -> list[dict[str, Any]]:
    mine, theirs, n = one["of"][version.pk], one["of"][other.pk], one["dataset"].rows
    names = [name for name in mine if _both(mine, theirs, name)]
    return [
        {"name": name, "mine": mine[name], "theirs": theirs[name], "difference": mine[name] - theirs[name]}
        | ({"ends": [interval(value, n) for value in (mine[name], theirs[name])]} if name == COUNTED else {})
        for name in names
    ]


def _both(mine: dict[str, Any], theirs: dict[str, Any], name: str) -> bool:
    return all(isinstance(one.get(name), int | float) for one in (mine, theirs))


def interval(share: float, n: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % of a share of `n` rows."""
    middle, scale = share + Z**2 / (2 * n), 1 + Z**2 / n
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
