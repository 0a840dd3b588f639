"""What a watch was asked and what it saw, in words and numbers with their units: a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from predictions.contract.numbers import counted
from predictions.log.request_lines import least_rows
from predictions.zone import to_minute
from scheduling.checks.limit_words import WATCH, with_unit
from scheduling.models import GatePolicy, Watch

if TYPE_CHECKING:
    from scheduling.watch.rules import LatencyRule, LossRule, Rules

LINE = mark_safe("<br>")
Line = tuple[str, str]


def gaps_in_words(watch: Watch) -> str:
    """When no scheduler looked."""
    ends = [[to_minute(datetime.fromisoformat(end)) for end in gap] for gap in watch.gaps]
    return "; ".join(f"from {since} to {until}" for since, until in ends) or "–"


def limits_in_words(watch: Watch) -> SafeString:
    """What was allowed, as the policy was when the version went live."""
    lines = [
        (words, with_unit(watch.limits[kept], unit))
        for name, (words, unit) in WATCH.items()
        if (kept := name.removeprefix("watch_")) in watch.limits
    ]
    if who := watch.limits.get("anonymous"):
        lines.append(("Callers without a token", GatePolicy.Anonymous(who).label))
    return _listed(lines)


def evidence_in_words(watch: Watch) -> SafeString | str:
    """What was counted so far, and what could not be compared."""
    if not watch.evidence:
        return "Nobody has looked yet."
    from scheduling.watch.rules import Rules  # which imports SciPy

    rules = msgspec.convert(watch.evidence, Rules)
    return format_html("{}<br>{}", rules.seen, _listed(_seen(rules)))


def _seen(rules: Rules) -> Iterator[Line]:
    of = rules.errors.counted
    yield "Failed requests", _of(of.failed, of.requests)
    if of.failed:
        yield "Of these, the version before could answer", f"{of.only_failed:,}"
    yield from _times(rules.latency)
    if rules.labels.bets.rows:
        yield "Mean loss on true labels, compared with before", _loss(rules.labels)


def _times(latency: LatencyRule) -> Iterator[Line]:
    """By the size of the requests; and both versions timed in turns, where that was needed."""
    for size, rate in latency.sizes.items():
        least = least_rows(int(size))
        rows = "one row" if least == 1 else f"{least:,} to {2 * least - 1:,} rows"
        limit = f"{rate.limit_us / 1000:.3g} ms"
        yield (
            f"Periods of 5 minutes in which more than 5 % of the requests with {rows} took over {limit}",
            _of(rate.bad, rate.blocks),
        )
    if latency.rounds:
        yield (
            "Rounds, timed in turns, in which it was slower than allowed",
            _of(latency.slower, latency.rounds),
        )


def _loss(labels: LossRule) -> str:
    return f"{-labels.total_gain / labels.bets.rows:+.4f} on {counted(labels.bets.rows, 'label')}"


def _of(some: int, of: int) -> str:
    share = f" ({100 * some / of:.3g} %)" if of else ""
    return f"{some:,} of {of:,}{share}"


def _listed(lines: Iterable[Line]) -> SafeString:
    return format_html_join(LINE, "{}: <strong>{}</strong>", lines)
