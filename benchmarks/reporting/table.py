"""The table, for a terminal and for a file: the same cells."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.reporting.figures import Spread
from benchmarks.reporting.results import Result

HEADINGS = ("measure", "unit", "ours", "rival", "ratio (lowest–highest)", "bound", "verdict")
NUMBERS = {"ours", "rival", "ratio (lowest–highest)", "bound"}
COLOURS = {"holds": "green", "does not": "red"}


def number(value: float | None) -> str:
    """Write three figures that matter; whole numbers from 100 on; a dash for none."""
    if value is None:
        return "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ratio(value: Spread | None) -> str:
    """Write the median with its spread."""
    if value is None:
        return "–"
    return f"{value.median:.2f} ({value.low:.2f}–{value.high:.2f})"


def cells(result: Result) -> tuple[str, ...]:
    """Return one line, in the order of the headings."""
    return (
        result.measure,
        result.unit or "–",
        number(result.ours),
        number(result.rival),
        ratio(result.ratio),
        str(result.bound or "–"),
        result.verdict,
    )


def for_terminal(results: Sequence[Result]) -> Table:
    """Return the table that rich prints; what does not hold is red."""
    table = Table(title="Benchmarks")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading in NUMBERS else "left")
    for result in results:
        table.add_row(*cells(result), style=COLOURS.get(result.verdict))
    return table


def for_file(results: Sequence[Result]) -> str:
    """Return the table in Markdown."""
    rules = ["---:" if heading in NUMBERS else "---" for heading in HEADINGS]
    lines = [HEADINGS, rules, *(cells(result) for result in results)]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
