"""The table and the file that keeps a run."""

import io

import pytest
from rich.console import Console

from benchmarks.reporting import report
from benchmarks.reporting.figures import Spread
from benchmarks.reporting.results import Bound, Result
from benchmarks.reporting.table import HEADINGS, for_file, for_terminal, number, ratio

RESULTS = [
    Result(
        measure="`POST /predict` | one row",
        unit="requests/s",
        ours=7123.4,
        rival=5000.0,
        ratio=Spread(1.4246, 1.3, 1.5),
        bound=Bound("≥", 1.2),
    ),
    Result(measure="memory", unit="MB", ours=150.0, bound=Bound("≤", 140)),
    Result(measure="batch", bound=Bound("≤", 1.5), absent="not there yet (404)"),
]


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "–"), (0, "0"), (7123.4, "7,123"), (100, "100"), (92.44, "92.4"), (0.2634, "0.263")],
)
def test_a_number_has_three_figures_that_matter(value, written):
    assert number(value) == written


def test_a_ratio_has_its_spread():
    assert ratio(Spread(1.4246, 1.3, 1.5)) == "1.42 (1.30–1.50)"
    assert ratio(None) == "–"


def test_the_file_has_a_line_for_each_result():
    head, rule, *lines = for_file(RESULTS).splitlines()
    assert head == f"| {' | '.join(HEADINGS)} |"
    assert set(rule) <= set("|-: ")
    assert lines == [
        "| `POST /predict` / one row | requests/s | 7,123 | 5,000 | 1.42 (1.30–1.50) | ≥ 1.2 | holds |",
        "| memory | MB | 150 | – | – | ≤ 140 | does not |",
        "| batch | – | – | – | – | ≤ 1.5 | not measured: not there yet (404) |",
    ]


def test_the_terminal_shows_the_same():
    console = Console(file=io.StringIO(), width=200)
    console.print(for_terminal(RESULTS))
    shown = console.file.getvalue()
    for text in ("7,123", "1.42 (1.30–1.50)", "does not", "not there yet (404)", *HEADINGS):
        assert text in shown


def test_the_file_says_when_where_and_with_what():
    text = report.text(
        RESULTS,
        date="2026-11-24 12:00 UTC",
        machine={"Processor": "Some Chip", "Cores": "2"},
        libraries={"web": "Django 5.2.19"},
    )
    assert text.startswith("# Results\n\n")
    assert text.endswith("- web: Django 5.2.19\n")
    for line in (
        "| memory | MB | 150 | – | – | ≤ 140 | does not |",
        "## Measured on 2026-11-24 12:00 UTC",
        "- Processor: Some Chip",
    ):
        assert line in text.splitlines()
