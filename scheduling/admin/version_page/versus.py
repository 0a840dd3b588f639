"""How a version compares with another: parameters, metrics on the same rows, rows they disagree on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from predictions.models import ModelVersion
from scheduling.evidence_page.page import evidence_page
from scheduling.pages.measured.both_judged import both_judged, direct_run, results_of
from scheduling.pages.measured.calibrated import worse_calibrated
from scheduling.templatetags.evidence import short

MOST_PARAMETERS, MOST_VERSIONS = 60, 50
ABSENT = "not a parameter of this one"


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
        "sets": sets,
        "is_compared": any(one.gain for one in sets),
        "calibration": worse_calibrated(exhibits, direct, first, second) if direct else "",
        "direct": direct,
        "picture": page and page.main,
        "rows": next((one for one in exhibits if one["id"] == "changed_rows"), None),
    }


def differing(mine: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return (name, of the first, of the second) of each parameter that is not the same, as text."""
    names = sorted(mine.keys() | theirs.keys())
    other = [name for name in names if mine.get(name, ABSENT) != theirs.get(name, ABSENT)][:MOST_PARAMETERS]
    return [(name, *(_text(params.get(name, ABSENT)) for params in (mine, theirs))) for name in other]


def _text(value: Any) -> str:
    return "None" if value is None else str(short(value))
