"""How a version compares with another: parameters, metrics on the same rows, rows they disagree on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from predictions.models import ModelVersion
from scheduling.evidence_page.page import evidence_page
from scheduling.pages.measured.both_judged import both_judged, direct_run, results_of
from scheduling.pages.measured.calibrated import worse_calibrated
from scheduling.pages.tabs.estimators import estimator_of
from scheduling.templatetags.evidence import short

MOST_PARAMETERS, MOST_VERSIONS = 60, 50
Params = dict[str, Any]


def choices_of(version: ModelVersion, *, wanted: Collection[int | None] = ()) -> list[ModelVersion]:
    """Return the versions that it can be compared with, the newest first; `wanted` ones however old."""
    others = ModelVersion.objects.of(version.registered_model).exclude(pk=version.pk)
    others = others.select_related("signature__registered_model")
    newest = list(others[:MOST_VERSIONS])
    missing = {pk for pk in wanted if pk} - {one.pk for one in newest}
    return [*newest, *others.filter(pk__in=missing)] if missing else newest


def versus(version: ModelVersion, other: ModelVersion, reader: Any) -> dict[str, Any]:
    """Return what the template `scheduling/version/versus.html` shows.

    Everything in it is of `first` compared with `second`: where a run compared the two, its candidate is the
    first, as in the run's picture.
    """
    results = results_of(version, other)
    direct = direct_run(results, {version.pk, other.pk})
    is_other_way = direct is not None and direct.candidate_id == other.pk
    first, second = (other, version) if is_other_way else (version, other)
    page = evidence_page(direct, reader=reader) if direct else None
    exhibits = page.exhibits if page else []
    sets = both_judged(results, first, second)
    return {
        "other": other,
        "first": first,
        "second": second,
        "parameters": differing(first.params, second.params),
        "kinds": [estimator_of(one) for one in (first, second)],
        "of_one_only": [
            (first, of_one_only(first.params, second.params)),
            (second, of_one_only(second.params, first.params)),
        ],
        "sets": sets,
        "is_compared": any(one.gain for one in sets),
        "calibration": worse_calibrated(exhibits, direct, first, second) if direct else "",
        "direct": direct,
        "picture": page and page.main,
        "rows": next((one for one in exhibits if one["id"] == "changed_rows"), None),
    }


def differing(mine: Params, theirs: Params) -> list[tuple[str, ...]]:
    """Return (name, of the first, of the second) of each parameter that both have and is not the same."""
    both = sorted(mine.keys() & theirs.keys())
    other = [name for name in both if mine[name] != theirs[name]][:MOST_PARAMETERS]
    return [(name, _text(mine[name]), _text(theirs[name])) for name in other]


def of_one_only(mine: Params, theirs: Params) -> list[tuple[str, str]]:
    """Return (name, value) of each parameter that the first has and the second has not."""
    return [(name, _text(mine[name])) for name in sorted(mine.keys() - theirs.keys())][:MOST_PARAMETERS]


def _text(value: Any) -> str:
    return "None" if value is None else str(short(value))
