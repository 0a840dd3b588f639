"""What a person should see before another version goes live: how it did, and how the live one did."""

from __future__ import annotations

from django.template.loader import render_to_string

from predictions.models import ModelVersion
from predictions.models.promotion import live_promotion
from scheduling.evidence_page.page import read
from scheduling.models import GatePolicy
from scheduling.pages.measured.both_judged import BothJudged, both_judged, direct_run, results_of
from scheduling.pages.measured.calibrated import worse_calibrated

SHOWN = 4  # metrics


class ShowsScores:
    """Mixed in before the admin of models or versions: `scores` for the page that asks."""

    is_watched = False  # by a roll back nothing is

    def scores(self, version: ModelVersion | None) -> str:
        """Empty where nothing is live, or it is this version."""
        live = live_promotion(version.registered_model) if version else None
        if version is None or live is None or live.version_id == version.pk:
            return ""
        is_watched = self.is_watched and bool(GatePolicy.objects.of(version.registered_model).bake_minutes)
        context = _compared(version, live.version) | {"is_watched": is_watched}
        return render_to_string("scheduling/version/flip.html", context)


def _compared(version: ModelVersion, live: ModelVersion) -> dict[str, object]:
    """By the newest evaluation set that judged both; None where none did."""
    results = results_of(version, live)
    sets = both_judged(results, version, live)
    newest = max(sets, key=lambda one: one.dataset.pk, default=None)
    direct = direct_run(results, {version.pk, live.pk})
    calibration = ""
    if direct is not None:
        shown = [{"id": one["id"], **one["public"]} for one in read(direct)[0]]
        calibration = worse_calibrated(shown, direct, version, live)
    return {"one": newest, "metrics": _first(newest), "version": version, "live": live,
            "calibration": calibration}  # fmt: skip


def _first(one: BothJudged | None) -> object:
    return one.metrics[:SHOWN] if one else []
