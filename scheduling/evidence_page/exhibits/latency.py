"""How long single predictions took in the rehearsal: the whole distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION, TEXT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

LINES = {"champion": (CHAMPION, "--", "s"), "candidate": (CANDIDATE, "-", "o")}
LIMITS = (("max_p50_ms", 50), ("max_p95_ms", 95))


class Latency(Exhibit):
    """Percentiles of all requests for the evaluation rows, repetitions too, of both."""

    id = "latency"
    title = "Latency"

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return the percentiles 0 to 100 in milliseconds, and the limits in force."""
        try:
            seconds = _seconds(evidence)
        except RehearsalFailed as error:
            raise NothingToShow(f"The rehearsal failed: {error}") from None
        limits = outcomes["latency"].limit if "latency" in outcomes else {}
        return {
            **{who: _distribution(seconds[who]) if who in seconds else None for who in LINES},
            "limits": {name: limits[name] for name, _ in LIMITS if name in limits},
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """All of it: times."""
        return figures

    def describe(self, figures: dict[str, Any]) -> str:
        """The percentiles that people speak of."""
        return " ".join(_said(who, figures[who]) for who in LINES if figures[who])

    def draw(self, figures: dict[str, Any]) -> Figure:
        """The share of requests that were answered by then."""
        from matplotlib.figure import Figure

        drawn = Figure(figsize=(6, 3.2))
        axes = drawn.subplots()
        shares = list(range(101))
        for who, (colour, line, marker) in LINES.items():
            if figures[who]:
                axes.plot(
                    figures[who]["percentiles_ms"], shares, color=colour, linestyle=line, marker=marker,
                    markevery=[50, 95], label=who,
                )  # fmt: skip
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(_few_labels(axes))
        for name, share in LIMITS:
            if name in figures["limits"]:
                axes.plot([figures["limits"][name]], [share], color=TEXT, marker="x", linestyle="none",
                          label=f"limit of p{share}")  # fmt: skip
        axes.set(xlabel="milliseconds", ylabel="% of requests", yticks=[0, 25, 50, 75, 95])
        axes.grid(True)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4)
        return drawn


def _few_labels(axes: Any) -> Any:
    """Within one power of ten there would be no number at all."""
    from matplotlib.ticker import FuncFormatter

    low, high = axes.get_xlim()
    wanted = {1, 2, 5} if high / low > 5 else set(range(1, 10))
    return FuncFormatter(lambda x, _: f"{x:g}" if int(f"{x:.0e}"[0]) in wanted else "")


def _seconds(evidence: Evidence) -> dict[str, list[float]]:
    """Of each that was rehearsed. Raises `RehearsalFailed`."""
    candidate, champion = evidence.rehearsal, evidence.rehearsal.champion
    return {"candidate": candidate.seconds} | ({"champion": champion.seconds} if champion else {})


def _distribution(seconds: list[float]) -> dict[str, Any]:
    import numpy as np

    if not seconds:
        raise NothingToShow("No row was asked.")
    percentiles = np.percentile(1000 * np.asarray(seconds), range(101))
    return {"requests": len(seconds), "percentiles_ms": [round(p, 4) for p in percentiles.tolist()]}


def _said(who: str, found: dict[str, Any]) -> str:
    p50, p95, p100 = (found["percentiles_ms"][p] for p in (50, 95, 100))
    said = f"The {who} took {p50:.1f} ms (p50), {p95:.1f} ms (p95), {p100:.1f} ms at most"
    return f"{said}, in {found['requests']} requests."
