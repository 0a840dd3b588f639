"""How long single predictions took in the rehearsal: the whole distribution."""

from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from scheduling.evidence.evidence import Evidence
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes
from scheduling.evidence_page.exhibits.svg import MARKS, TEXT, add_legend, panel
from scheduling.statistics.metrics.table import CALLED

JUDGED = {"candidate": "p95_ms", "champion": "champion_p95_ms"}
LIMITS = (("max_p50_ms", 50), ("max_p95_ms", 95))


class Latency(Exhibit):
    """Percentiles of all requests for the evaluation rows, repetitions included, of both versions."""

    id = "latency"
    title = "Latency"
    everything_is_public = True

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return the percentiles 0 to 100 in milliseconds, and the limits in force."""
        try:
            rehearsals = {"champion": evidence.rehearsal.champion, "candidate": evidence.rehearsal}
        except RehearsalFailed as error:
            raise NothingToShow(f"The rehearsal failed: {error}") from None
        limits = outcomes["latency"].limit if "latency" in outcomes else {}
        judged = outcomes["latency"].measured if "latency" in outcomes else {}
        return {
            "judged_p95_ms": {who: judged.get(name) for who, name in JUDGED.items()},
            **{who: one and _distribution(one.seconds) for who, one in rehearsals.items()},
            "limits": {name: limits[name] for name, _ in LIMITS if name in limits},
        }

    def describe(self, figures: dict[str, Any]) -> str:
        sentences = [_judged(figures["judged_p95_ms"])]
        for who in ("candidate", "champion"):
            if figures[who]:
                p50, p95, p100 = (figures[who]["percentiles_ms"][p] for p in (50, 95, 100))
                sentences.append(
                    f"Of all {figures[who]['requests']} requests together, moments in which the machine was"
                    f" slow included, the {CALLED[who]} answers half within {p50:.1f} ms, 95 % within"
                    f" {p95:.1f} ms, and all within {p100:.1f} ms."
                )
        return " ".join(filter(None, sentences))

    def draw(self, figures: dict[str, Any]) -> Any:
        drawn, axes = panel(6, 3.2)
        for who, (colour, marker, line) in MARKS.items():
            if figures[who]:
                axes.plot(figures[who]["percentiles_ms"], range(101), color=colour, linestyle=line,
                          marker=marker, markevery=[50, 95], label=CALLED[who])  # fmt: skip
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(_few_labels(axes))
        for name, share in LIMITS:
            if name in figures["limits"]:
                axes.plot([figures["limits"][name]], [share], color=TEXT, marker="x", linestyle="none",
                          label=f"limit of p{share}")  # fmt: skip
        axes.set(xlabel="milliseconds", ylabel="% of requests", yticks=[0, 25, 50, 75, 95])
        axes.grid(True)
        add_legend(axes, columns=4)
        return drawn


def _judged(p95: dict[str, float | None]) -> str:
    """Tell the figures that the check compares with its limits, which are not those of the picture."""
    told = [f"{value:.1f} ms for the {CALLED[who]}" for who, value in p95.items() if value is not None]
    if not told:
        return ""
    return f"The check judges p95 by the median of five blocks of requests: {' and '.join(told)}."


def _few_labels(axes: Any) -> Any:
    """Label some minor ticks: an axis within one power of ten would have no number at all."""
    low, high = axes.get_xlim()
    wanted = {1, 2, 5} if high / low > 5 else set(range(1, 10))
    return FuncFormatter(lambda x, _: f"{x:g}" if int(f"{x:.0e}"[0]) in wanted else "")


def _distribution(seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        raise NothingToShow("The rehearsal sent no row.")
    percentiles = np.percentile(1000 * np.asarray(seconds), range(101))
    return {"requests": len(seconds), "percentiles_ms": [round(p, 4) for p in percentiles.tolist()]}
