"""The words and marks of a report, for the terminal and for the page: plain values, no numpy."""

from scheduling.simulation.report.schema import Estimate, Played, Report, Share, Step

NOT_PLAYED = (
    "Only the comparison with the live version and the minimum values are played. Other checks, such as "
    "latency, slices and drift, and the watch are not: they stop more."
)
PROMOTED, KEPT, FALSE, MISSED, NONE = "▲", "·", "✗", "!", " "
LEGEND = (
    f"{PROMOTED} promoted, {KEPT} kept, {FALSE} wrongly promoted: the next period shows that it is worse, "
    f"{MISSED} wrongly kept: the next period shows that it is better"
)


def headline(report: Report) -> str:
    """Say what was played."""
    kind = "its recipe, fitted anew in each period" if report.candidates == "recipe" else "its own versions"
    better = "more" if report.greater_is_better else "less"
    return (
        f"{report.model}: {_count(len(report.periods), 'period')}, with candidates from {kind}. A later "
        f"period judges {_count(report.hindsight, 'decision')}. Values are in units of {report.metric}, of "
        f"which {better} is better."
    )


def columns_in_words(report: Report) -> dict[str, str]:
    """Say what each column of figures means, and how sure its interval is."""
    return {
        "served": "the mean of what was live, on the rows of the period after the decision",
        "lost": "how much worse that is than the best version that any of these policies had at hand",
        "more than the best policy": "the difference to the policy that lost least, period by period",
        "wrongly promoted and wrongly kept": "decisions that the next period shows to be wrong by more than "
        "chance, of the promoted and of the kept ones",
        "in brackets": f"intervals of 95 %; of {100 * report.level:.3g} % for the difference to the best, "
        "which was chosen among several",
    }


def figure(value: float | None) -> str:
    """Return a value with four digits, or a dash."""
    return "–" if value is None else f"{value:.4g}"


def estimate_in_words(found: Estimate | None) -> str:
    """Return a mean with its interval, or a dash."""
    if found is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.mean:.2g}"
    return f"{found.mean:.2g} ({found.low:.2g} to {found.high:.2g})"


def share_in_words(share: Share) -> str:
    """Return so many of so many, with the interval of the share; a dash where there were none."""
    if share.low is None or share.high is None:
        return "–"
    return f"{share.count} of {share.total} ({share.low:.0%} to {share.high:.0%})"


def marks_of(one: Played) -> str:
    """Return a sign for each decision, in the order of periods."""
    return "".join(map(mark_of, one.steps))


def mark_of(step: Step | None) -> str:
    """Return the sign of a decision; a blank where the period had no candidate."""
    if step is None:
        return NONE
    if step.flip:
        return FALSE if step.promoted else MISSED
    return PROMOTED if step.promoted else KEPT


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
