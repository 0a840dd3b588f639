"""What a backtest came to: as a table for people, and as values for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType

from scheduling.replay.backtesting import Backtested, Turned, summary
from scheduling.replay.changes import Changes
from scheduling.replay.telling import called, shown, table

CANNOT_SAY = (
    "Each run was judged against the champion, and at the look, that it really had: a flip that had not "
    "happened would have changed every later one."
)


def told(tested: Sequence[Backtested], changes: Changes) -> Iterator[RenderableType]:
    """For people: what was changed, a line for each run that is known, the reasons of the others, the sum."""
    yield f"Changed: {'; '.join(_changed(changes))}"
    rows = table("run", "when (UTC)", "candidate", "then", "now", "which check turned")
    for one in tested:
        if not one.problem:
            rows.add_row(*_cells(one), style="bold" if one.otherwise else None)
    yield rows
    problems = Counter(one.problem for one in tested if one.problem)
    for problem, count in problems.most_common():
        runs = ", ".join(str(one.run.pk) for one in tested if one.problem == problem)
        yield f"{count} not replayed (run {runs}): {problem}"
    yield summary(tested)
    yield CANNOT_SAY


def as_values(tested: Sequence[Backtested], changes: Changes) -> dict[str, Any]:
    """For programs."""
    return {
        "changes": changes.as_values(),
        "runs": [_values(one) for one in tested],
        "summary": {
            "runs": len(tested),
            "replayed": sum(not one.problem for one in tested),
            "otherwise": sum(one.otherwise for one in tested),
            "promotions_fewer": sum(one.promotions == -1 for one in tested),
            "promotions_more": sum(one.promotions == 1 for one in tested),
        },
    }


def _cells(one: Backtested) -> tuple[str, ...]:
    assert one.then is not None
    assert one.now is not None
    now = called(one.now) if one.otherwise else "the same"
    return (str(one.run.pk), _when(one), _candidate(one), called(one.then), now, _turned(one))


def _turned(one: Backtested) -> str:
    """Where no check turned, it is the policy that takes the same verdict otherwise."""
    if one.turned:
        return "\n".join(_said(turned) for turned in one.turned)
    return f"none: {one.now.reason}" if one.otherwise and one.now else ""


def _said(turned: Turned) -> str:
    return f"{turned.check}: {turned.then} → {turned.now}" + (f" ({turned.found})" if turned.found else "")


def _when(one: Backtested) -> str:
    return f"{one.run.started_at:%Y-%m-%d %H:%M}"


def _candidate(one: Backtested) -> str:
    return one.run.candidate.label if one.run.candidate else "–"


def _changed(changes: Changes) -> Iterator[str]:
    for check, limits in changes.limits.items():
        yield from (f"{check}.{name} = {shown(value)}" for name, value in limits.items())
    yield from (f"policy {name} = {shown(value)}" for name, value in changes.policy.items())
    yield from (f"{name} not asked" for name in sorted(changes.disabled))
    yield from (f"{name} not blocking" for name in sorted(changes.not_blocking))


def _values(one: Backtested) -> dict[str, Any]:
    return {
        "run": one.run.pk,
        "at": one.run.started_at.isoformat() if one.run.started_at else None,
        "candidate": _candidate(one),
        "then": one.then and asdict(one.then),
        "now": one.now and asdict(one.now),
        "otherwise": one.otherwise if not one.problem else None,
        "turned": [asdict(turned) for turned in one.turned],
        "problem": one.problem,
    }
