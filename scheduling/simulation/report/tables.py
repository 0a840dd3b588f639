"""The report of a simulation for people: what was played, the policies side by side, and what follows."""

from collections.abc import Iterator

from rich.console import RenderableType

from scheduling.replay.report import table
from scheduling.simulation.report.schema import Played, Report
from scheduling.simulation.report.words import (
    LEGEND,
    NOT_PLAYED,
    columns_in_words,
    estimate_in_words,
    figure,
    headline,
    marks_of,
    share_in_words,
)

HEADINGS = (
    "policy", "served", "lost", "more than the best policy", "promoted", "wrongly promoted", "wrongly kept",
    "decisions",
)  # fmt: skip


def as_tables(report: Report) -> Iterator[RenderableType]:
    """Yield the parts of the report, the advice last."""
    yield headline(report)
    rows = (
        (str(i), row.registered_at[:10], f"{row.rows:,}", row.candidate or "–", row.problem)
        for i, row in enumerate(report.periods, start=1)
    )
    yield table("period", "registered", "rows", "candidate", "why there is none", rows=rows)
    yield from report.left_out
    yield table(*HEADINGS, rows=map(_row, report.policies))
    yield "\n".join(f"{column}: {meaning}." for column, meaning in columns_in_words(report).items())
    yield f"Decisions: {LEGEND}. → stands before the policy that is recommended."
    yield NOT_PLAYED
    yield " ".join(report.advice.sentences)


def _row(one: Played) -> tuple[str, ...]:
    name = f"{'→ ' if one.is_recommended else ''}{one.words}{' (today)' if one.is_current else ''}"
    return (
        name,
        figure(one.served),
        estimate_in_words(one.regret),
        estimate_in_words(one.behind) if one.behind else "–",
        str(one.promotions),
        share_in_words(one.false_flips),
        share_in_words(one.missed_flips),
        marks_of(one),
    )
