"""A line of a few values, small enough to stand beside a number, with its scale: as SVG."""

from collections.abc import Callable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, HIGH = 188.0, 46.0
LEFT, TOP, BELOW, EDGE = 58.0, 8.0, 13.0, 4.0  # room for the scale, for the two ends, and for the last point
HOURS = ("24 h ago", "now")
RUNS = ("oldest run", "live now")  # after a roll back that is not what the newest run made live
Number = float | int | None


def whole(value: float) -> str:
    """Return a count as people read it."""
    return f"{value:,.0f}"


def sparkline(
    values: Sequence[Number], title: str, *, ends: tuple[str, str], show: Callable[[float], str] = whole,
    zero: bool = False,
) -> SafeString:  # fmt: skip
    """Draw them, the last marked; gaps where there is none. Empty without one, or with nothing but zeros.

    `show` writes a value with its unit; `ends` say what is on the left and on the right. `zero`: its scale
    begins at 0.
    """
    known = [float(value) for value in values if value is not None]
    if not known or (zero and not any(known)):
        return SafeString("")
    low, high = (0.0 if zero else min(known)), max(known)
    points = [
        (_across(at, len(values)), _height(value, low, high))
        for at, value in enumerate(values)
        if value is not None
    ]
    line, (x, y) = " ".join(f"{a:.1f},{b:.1f}" for a, b in points), points[-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        WIDE, HIGH, _read_aloud(title, [show(one) for one in (low, high, known[-1])]),
        _labels(low, high, show, ends), line, f"{x:.1f}", f"{y:.1f}",
    )  # fmt: skip


def _across(at: int, of: int) -> float:
    return LEFT + at * (WIDE - LEFT - EDGE) / max(1, of - 1)


def _height(value: float, low: float, high: float) -> float:
    share = 0.5 if high == low else (value - low) / (high - low)
    return HIGH - BELOW - EDGE - share * (HIGH - BELOW - EDGE - TOP)


def _labels(low: float, high: float, show: Callable[[float], str], ends: tuple[str, str]) -> SafeString:
    """Least and most beside the line, of a flat one its value; under it where it begins and ends."""
    shown = dict.fromkeys((low, high))
    beside = [(LEFT - 6, f"{_height(one, low, high) + 3:.1f}", "end", show(one)) for one in shown]
    under = [(LEFT, HIGH - 2, "start", ends[0]), (WIDE, HIGH - 2, "end", ends[1])]
    return format_html_join("", '<text x="{}" y="{}" text-anchor="{}">{}</text>', [*beside, *under])


def _read_aloud(title: str, shown: list[str]) -> str:
    low, high, last = shown
    return f"{title}: always {low}" if low == high else f"{title}: from {low} to {high}, the last {last}"
