"""Whether a version's probabilities are clearly further from what happens than another's."""

from collections.abc import Iterable
from typing import Any

from predictions.models import ModelVersion
from scheduling.models import Run
from scheduling.pages.measured.judged import three_digits


def worse_calibrated(
    exhibits: Iterable[dict[str, Any]], run: Run, first: ModelVersion, second: ModelVersion
) -> str:
    """Return a sentence if those of the first are; `exhibits` are those of a run that compared the two.

    Clearly: they are further off than those of the second by more than chance moves a point of the picture,
    which is half an interval of 95 % on average.
    """
    figures = next((one["figures"] for one in exhibits if one["id"] == "calibration"), None) or {}
    who = ("candidate", "champion") if run.candidate_id == first.pk else ("champion", "candidate")
    mine, other = (figures.get(name) for name in who)
    if not (figures.get("shares") and mine and other):
        return ""
    if mine["distance"] - other["distance"] <= max(_chance(mine["bins"]), _chance(other["bins"])):
        return ""
    far, near = (three_digits(one["distance"]) for one in (mine, other))
    return (
        f"Its probabilities fit worse what happens (calibration): those of {first.label} are off by {far} on "
        f"average, those of {second.label} by {near}. 0 is exactly right."
    )


def _chance(bins: list[dict[str, Any]]) -> float:
    rows = sum(one["rows"] for one in bins)
    return sum((one["high"] - one["low"]) / 2 * one["rows"] for one in bins) / rows
