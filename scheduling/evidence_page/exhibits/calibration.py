"""Whether probabilities match what happens: predicted against observed shares, of both versions."""

import math
from typing import Any

import numpy as np
from scipy.stats import binomtest

from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes
from scheduling.evidence_page.exhibits.svg import MARKS, TEXT, add_legend, panel
from scheduling.statistics.metrics.scored import Scored
from scheduling.statistics.metrics.table import CALLED

BINS = 10
Z = 1.96  # intervals of 95 %


class Calibration(Exhibit):
    """Predicted against observed, in ten bins; of a regression, predicted against true values, in tenths."""

    id = "calibration"
    title = "Calibration"

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return the bins of each version, and their mean distance weighted by rows."""
        labels = evidence.spec.labels
        scored = evidence.scored.items()
        known = {who: rows for who, rows in scored if not labels or rows.probabilities is not None}
        if not known:
            raise NothingToShow("Neither version predicts probabilities.")
        of = f"the probability of {labels[1]}" if len(labels) == 2 else "the probability of the answer"
        about = {"of": of if labels else "the value", "shares": bool(labels), **dict.fromkeys(MARKS)}
        return about | {who: _reliability(rows) for who, rows in known.items()}

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """All but the bins of a regression: their means are values of rows if rows are few."""
        if figures["shares"]:
            return figures
        return figures | {who: {"distance": figures[who]["distance"]} for who in MARKS if figures[who]}

    def describe(self, figures: dict[str, Any]) -> str:
        means = [f"{CALLED[who]} {figures[who]['distance']:.3g}" for who in reversed(MARKS) if figures[who]]
        return (
            f"On average, predictions of {figures['of']} are wrong by this much: {', '.join(means)}. Each"
            " point of the picture is a group of rows with similar predictions. It lies on the dotted line"
            " if the prediction is exactly right. Vertical bars are confidence intervals of 95 %."
        )

    def draw(self, figures: dict[str, Any]) -> Any:
        if not any(figures[who] and "bins" in figures[who] for who in MARKS):
            return None
        drawn, axes = panel(5, 4)
        for who, (colour, marker, line) in MARKS.items():
            if figures[who]:
                names, bins = ("predicted", "observed", "low", "high"), figures[who]["bins"]
                predicted, observed, low, high = ([one[name] for one in bins] for name in names)
                axes.plot(predicted, observed, color=colour, marker=marker, linestyle=line, label=CALLED[who])
                axes.vlines(predicted, low, high, color=colour, linewidth=1.2)
        ends = axes.get_xlim()
        axes.plot(ends, ends, color=TEXT, linestyle=":", linewidth=1, label="exactly right", zorder=0)
        axes.set(xlabel=f"predicted: {figures['of']}", ylabel="observed")
        axes.grid(True)
        add_legend(axes, columns=3)
        return drawn


def _reliability(rows: Scored) -> dict[str, Any]:
    predicted, right = rows.predicted, rows.y
    if not rows.labels:
        tenths = np.array_split(predicted.argsort(kind="stable"), BINS)
        bins = [_bin(predicted[part], right[part], shares=False) for part in tenths if len(part)]
    else:
        assert rows.probabilities is not None
        of_two = len(rows.labels) == 2
        predicted = (rows.probabilities[:, 1] if of_two else rows.probabilities.max(1)).astype(float)
        right = rows.y == (1 if of_two else rows.predicted)
        place = np.minimum((predicted * BINS).astype(int), BINS - 1)
        bins = [_bin(predicted[place == i], right[place == i], shares=True) for i in np.unique(place)]
    distances = [abs(one["predicted"] - one["observed"]) for one in bins]
    return {"bins": bins, "distance": float(np.average(distances, weights=[one["rows"] for one in bins]))}


def _bin(predicted: np.ndarray, truth: np.ndarray, *, shares: bool) -> dict[str, Any]:
    """With the interval of Wilson for a share, and one by the standard error for a mean of values."""
    n, observed = len(truth), float(truth.mean())
    if shares:
        low, high = binomtest(int(truth.sum()), n).proportion_ci(0.95, method="wilson")
    else:
        half = Z * float(truth.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
        low, high = observed - half, observed + half
    ends = {"low": min(float(low), observed), "high": max(float(high), observed)}
    return {"rows": n, "predicted": float(predicted.mean()), "observed": observed, **ends}
