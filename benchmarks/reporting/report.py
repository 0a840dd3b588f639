"""The file that keeps a run: the table, and where, when and with what it was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.reporting.results import Result
from benchmarks.reporting.table import for_file

EXPLANATION = """\
Written by `make bench`; [README.md](README.md) says what is measured and what is unfair. Absolute figures
belong to this machine: the ratios are what to keep. A ratio is ours / rival, the median of rounds that took
turns, with the lowest and the highest round.
"""


def text(
    results: Sequence[Result], *, date: str, machine: Mapping[str, str], libraries: Mapping[str, str]
) -> str:
    """Return the whole file in Markdown."""
    parts = [
        "# Results",
        EXPLANATION,
        for_file(results),
        f"## Measured on {date}",
        _lines("Machine", machine),
        _lines("Libraries, by environment under `.venv/`", libraries),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _lines(title: str, facts: Mapping[str, str]) -> str:
    return "\n".join([f"{title}:", "", *(f"- {name}: {fact}" for name, fact in facts.items())])
