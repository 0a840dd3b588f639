"""Small pictures as SVG, from numbers alone: no style, no script, no library. The page's CSS colours them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Number = float | int | None


def _n(place: float) -> str:
    return f"{place:.1f}"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One measurement: its place from left to right, its interval, and where a click leads."""

    at: int
    value: float
    low: float | None
    high: float | None
    href: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """The points of one version; `kind` is live, before or candidate, and the CSS draws it so."""

    name: str
    kind: str
    points: list[Point]


CHART_WIDE, CHART_HIGH, LEFT, BELOW, ABOVE = 400.0, 240.0, 44.0, 42.0, 24.0


def lines_with_intervals(
    lines: Sequence[Line], ticks: Sequence[str], title: str, *, up: str, across: str
) -> SafeString:
    """A picture of lines over the same places; each point is a link. Empty without a point.

    `up` and `across` say what the two axes are of.
    """
    points = [point for line in lines for point in line.points]
    if not points:
        return SafeString("")
    ends = [end for p in points for end in (p.value, p.low, p.high) if end is not None]
    low, high = min(ends), max(ends)
    steps = [low + (high - low) * part / 3 for part in range(4)] if low < high else [low]
    low, high = (low - 0.01, high + 0.01) if low == high else (low, high)
    scale = _Scale(places=len(ticks), low=low, high=high)
    names = format_html('<text x="0" y="12">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>',
                        up, CHART_WIDE, CHART_HIGH - 4, across)  # fmt: skip
    drawn = format_html_join(
        "", "{}", ((_line(line, scale.beside(at, len(lines))),) for at, line in enumerate(lines))
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}</svg>',
        CHART_WIDE, CHART_HIGH, title, names, _axes(scale, steps, ticks), drawn,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Scale:
    places: int
    low: float
    high: float
    aside: float = 0.0

    def beside(self, at: int, of: int) -> "_Scale":
        """The same for one of several lines, so that points of one place do not cover each other."""
        most = 0.5 * (CHART_WIDE - LEFT - 30) / max(2, self.places)
        return replace(self, aside=(at - (of - 1) / 2) * min(9.0, most / of))

    def x(self, at: float) -> float:
        at = at if self.places > 1 else 0.5  # a single place is in the middle
        return LEFT + 12 + self.aside + at * (CHART_WIDE - LEFT - 30) / max(1, self.places - 1)

    def y(self, value: float) -> float:
        full = CHART_HIGH - BELOW - ABOVE
        return ABOVE + full * (1 - (value - self.low) / (self.high - self.low))


def _axes(scale: _Scale, steps: Sequence[float], ticks: Sequence[str]) -> SafeString:
    across = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, CHART_WIDE, _n(scale.y(v)), _n(scale.y(v)), LEFT - 5, _n(scale.y(v) + 4), f"{v:.3g}")
            for v in steps
        ),
    )
    shown = sorted({0, len(ticks) // 2, len(ticks) - 1})
    anchor = {shown[0]: "start", shown[-1]: "end"} if len(shown) > 1 else {}
    below = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((_n(scale.x(at)), CHART_HIGH - BELOW + 18, anchor.get(at, "middle"), ticks[at]) for at in shown),
    )  # fmt: skip
    return across + below


def _line(line: Line, scale: _Scale) -> SafeString:
    places = " ".join(f"{_n(scale.x(p.at))},{_n(scale.y(p.value))}" for p in line.points)
    drawn = format_html_join("", "{}", ((_point(point, scale),) for point in line.points))
    path = format_html('<polyline points="{}"/>', places) if line.kind != "candidate" else ""
    return format_html('<g class="{}">{}{}</g>', line.kind, path, drawn)


def _point(point: Point, scale: _Scale) -> SafeString:
    x, bar = scale.x(point.at), SafeString("")
    if point.low is not None and point.high is not None:
        bar = format_html(
            '<line class="interval" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
            _n(x), _n(scale.y(point.low)), _n(scale.y(point.high)),
        )  # fmt: skip
    return format_html(
        '{}<a href="{}"><title>{}</title><circle cx="{}" cy="{}" r="4"/></a>',
        bar, point.href, point.title, _n(x), _n(scale.y(point.value)),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of time in which one version was live."""

    seconds: float
    label: str
    href: str
    title: str
    is_live: bool


LEAST = 6.0  # so wide that a finger hits it


def timeline(segments: Sequence[Segment], since: str) -> SafeString:
    """A bar of what was live when, each stretch a link; a short one is drawn wide enough to be hit.

    `since` is when it begins; it ends now.
    """
    if not segments:
        return SafeString("")
    total = sum(one.seconds for one in segments) or 1.0
    widths = [max(LEAST, 400 * one.seconds / total) for one in segments]
    scale, x, drawn = 400 / sum(widths), 0.0, []
    for number, (one, width) in enumerate(zip(segments, widths, strict=True)):
        kind = "live" if one.is_live else ("odd" if number % 2 else "even")
        room = width * scale
        drawn.append((one.href, one.title, kind, _n(x), _n(max(1.0, room - 1)), _label(one, x, room)))
        x += width * scale
    inner = format_html_join(
        "",
        '<a href="{}"><title>{}</title><rect class="{}" x="{}" y="2" width="{}" height="30"/>{}</a>',
        drawn,
    )
    label = f"What was live when, from {since} on the left until now on the right"
    return format_html(
        '<svg class="timeline" viewBox="0 0 400 34" role="group" aria-label="{}">{}</svg>'
        '<p class="quiet ends"><span>{}</span> <span>now</span></p>',
        label, inner, since,
    )  # fmt: skip


def _label(segment: Segment, x: float, width: float) -> Any:
    if width < 8 * len(segment.label):
        return mark_safe("")
    return format_html('<text x="{}" y="21" text-anchor="middle">{}</text>', _n(x + width / 2), segment.label)
