"""The gain of the candidate over the champion, beside everything that it is compared with."""

from typing import Any

from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes
from scheduling.evidence_page.exhibits.svg import CANDIDATE, TEXT, add_legend, panel
from scheduling.statistics.comparison.interval import percent_sure
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.statistics.metrics.table import METRICS
from scheduling.statistics.metrics.words import in_words

CHECK = "evaluation_metrics"
UNLIKE = " These rows are unlike the requests, so the verdict holds for these rows only:"


def _stands(outcomes: Outcomes) -> bool:
    """Whether no check says that the rows are not those that are asked."""
    return all(one.verdict is not Verdict.NOT_REPRESENTATIVE for one in outcomes.values())


class Gain(Exhibit):
    """The gain in the policy's primary metric, with its interval."""

    id = "gain"
    title = "Better than the version that was live?"
    everything_is_public = True

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        outcome = outcomes.get(CHECK)
        if outcome is None:
            raise NothingToShow(f"The check {CHECK} did not run.")
        found = outcome.measured
        if not found.get("gain"):
            raise NothingToShow(outcome.message)
        metric = METRICS[outcome.limit["primary_metric"]]
        old, new = (found[who][metric.name] for who in ("champion", "candidate"))
        (unit, units), *_ = found["units"].items()
        about = {"metric": metric.name, "greater_is_better": metric.greater_is_better}
        values = {"champion": old, "candidate": new, "gain": metric.sign * (new - old), **found["gain"]}
        look = {"alpha": found["look"]["alpha"], "look": found["look"]["number"], **found["asked"]}
        about |= {"unit": unit, "units": units, "verdict": str(outcome.verdict), "stands": _stands(outcomes)}
        return about | values | look

    def describe(self, figures: dict[str, Any]) -> str:
        f, said = figures, " The verdict is:" if figures["stands"] else UNLIKE
        return (
            f"On {f['units']:,} {f['unit']}, the candidate reaches {f['metric']} {f['candidate']:.4g} and the"
            f" version that was live then {f['champion']:.4g}. {in_words(f['metric'])}{said}"
            f" {f['verdict']}. The gain on these rows is {f['gain']:+.3g}. On all rows like these it lies"
            f" between {f['low']:+.3g} and {f['high']:+.3g}: {percent_sure(f['alpha']):g} % sure of each"
            f" limit, at use {f['look']} of this evaluation set. For the verdict better, both limits have to"
            f" lie above {f['least_gain']:.3g}; for not worse, above {0 - f['margin']:.3g}."
        )

    def draw(self, figures: dict[str, Any]) -> Any:
        drawn, axes = panel(7, 2.2)
        ends = [figures["low"], figures["high"]]
        axes.plot(ends, [0, 0], color=CANDIDATE, linewidth=3, marker="|", markersize=18,
                  label="where the true gain lies")  # fmt: skip
        axes.plot([figures["gain"]], [0], color=CANDIDATE, marker="D", linestyle="none",
                  label="gain on these rows")  # fmt: skip
        least, margin = figures["least_gain"], -figures["margin"]
        lines = [(0.0, "-", "no difference"), (least, "--", f"least gain {least:.3g}"),
                 (margin, ":", f"margin {margin:.3g}")]  # fmt: skip
        for place, style, label in lines[:1] + [line for line in lines[1:] if line[0]]:
            axes.axvline(place, color=TEXT, linestyle=style, linewidth=1.2, label=label)
        axes.set_ylim(-1, 1)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.08)
        axes.set_xlabel(f"gain in {figures['metric']}: to the right the candidate is better")
        add_legend(axes, columns=3)
        return drawn
