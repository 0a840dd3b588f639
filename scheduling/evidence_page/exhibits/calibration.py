"""Do answers keep what their probabilities promise? The reliability of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION, TEXT

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence
    from scheduling.statistics.metrics.scored import Scored

BINS = 10
Z = 1.96  # intervals of 95 %
LOOKS = {"champion": (CHAMPION, "s", "--"), "candidate": (CANDIDATE, "o", "-")}


class Calibration(Exhibit):
    """Promised against kept, in ten bins. A regression: predicted against true values, in tenths."""

    id = "calibration"
    title = "Calibration"

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return for each of the two its bins and the mean distance, weighted by rows.

        With two labels it is the probability of the second, with more that of the answer.
        """
        labels = evidence.spec.labels
        if labels and all(rows.probabilities is None for rows in evidence.scored.values()):
            raise NothingToShow("Neither gives probabilities.")
        return {
            "of": _of(labels),
            "shares": bool(labels),
            **dict.fromkeys(LOOKS),
            **{who: _reliability(rows) for who, rows in evidence.scored.items() if _has(rows)},
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """All of it, but the bins of a regression: their means are values of rows where rows are few."""
        if figures["shares"]:
            return figures
        return figures | {who: {"distance": figures[who]["distance"]} for who in LOOKS if figures[who]}

    def describe(self, figures: dict[str, Any]) -> str:
        """The mean distance of each from the diagonal."""
        said = [f"{who} {figures[who]['distance']:.3g}" for who in LOOKS if figures[who]]
        return (
            f"Of {figures['of']}: what was predicted against what was observed, in bins of rows,"
            f" with intervals of 95 %. Mean distance from the diagonal: {', '.join(said)}."
        )

    def draw(self, figures: dict[str, Any]) -> Figure | None:
        """Points with intervals about the diagonal; nothing without bins."""
        from matplotlib.figure import Figure

        if not any(figures[who] and "bins" in figures[who] for who in LOOKS):
            return None
        drawn = Figure(figsize=(5, 4))
        axes = drawn.subplots()
        for who, (colour, marker, line) in LOOKS.items():
            if figures[who]:
                _draw_bins(axes, figures[who]["bins"], colour=colour, marker=marker, line=line, label=who)
        ends = axes.get_xlim()
        axes.plot(ends, ends, color=TEXT, linestyle=":", linewidth=1, label="as promised", zorder=0)
        axes.set(xlabel=f"predicted: {figures['of']}", ylabel="observed")
        axes.grid(True)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
        return drawn


def _of(labels: tuple[Any, ...]) -> str:
    if not labels:
        return "the value"
    return f"the probability of {labels[1]}" if len(labels) == 2 else "the probability of the answer"


def _has(rows: Scored) -> bool:
    return not rows.labels or rows.probabilities is not None


def _reliability(rows: Scored) -> dict[str, Any]:
    import numpy as np

    if not rows.labels:
        order = rows.predicted.argsort(kind="stable")
        parts = [part for part in np.array_split(order, BINS) if len(part)]
        bins = [_values_bin(rows.predicted[part], rows.y[part]) for part in parts]
    else:
        promised, kept = _promised_and_kept(rows)
        place = np.minimum((promised * BINS).astype(int), BINS - 1)
        bins = [_share_bin(promised[place == i], kept[place == i]) for i in range(BINS) if (place == i).any()]
    total = sum(one["rows"] for one in bins)
    distance = sum(one["rows"] * abs(one["predicted"] - one["observed"]) for one in bins) / total
    return {"bins": bins, "distance": distance}


def _promised_and_kept(rows: Scored) -> tuple[np.ndarray, np.ndarray]:
    assert rows.probabilities is not None
    if len(rows.labels) == 2:
        return rows.probabilities[:, 1].astype(float), rows.y == 1
    return rows.probabilities.max(1).astype(float), rows.predicted == rows.y


def _share_bin(promised: np.ndarray, kept: np.ndarray) -> dict[str, Any]:
    """With Wilson's interval of the share."""
    n, share = len(kept), float(kept.mean())
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return _bin(promised, share, middle - half, middle + half)


def _values_bin(predicted: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """With the interval of the mean."""
    n, mean = len(truth), float(truth.mean())
    half = Z * float(truth.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    return _bin(predicted, mean, mean - half, mean + half)


def _bin(predicted: np.ndarray, observed: float, low: float, high: float) -> dict[str, Any]:
    return {
        "rows": len(predicted),
        "predicted": float(predicted.mean()),
        "observed": observed,
        "low": min(low, observed),
        "high": max(high, observed),
    }


def _draw_bins(
    axes: Any, bins: list[dict[str, Any]], *, colour: str, marker: str, line: str, label: str
) -> None:
    observed = [one["observed"] for one in bins]
    below = [one["observed"] - one["low"] for one in bins]
    above = [one["high"] - one["observed"] for one in bins]
    axes.errorbar(
        [one["predicted"] for one in bins], observed, yerr=[below, above], color=colour, marker=marker,
        linestyle=line, linewidth=1.2, markersize=6, capsize=3, label=label,
    )  # fmt: skip
