"""What recorded runs would have been under other limits: a table for people, and values for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType

from predictions.zone import to_minute
from scheduling.evidence.outcomes import Decision
from scheduling.evidence_page.words import decision_in_words
from scheduling.replay.report import shortened, table
from scheduling.simulation.recorded.changes import Changes
from scheduling.simulation.recorded.rejudging import Rejudged

CANNOT_SAY = (
    "Each run was judged with the live version, and the count of uses of the evaluation set, that it really "
    "had. If one decision had been different, both would be so in later runs; records cannot show that."
)


def as_tables(tested: Sequence[Rejudged], changes: Changes) -> Iterator[RenderableType]:
    """For people: the changes, a line for each run in which something turned, what is missing, the sums."""
    yield f"Changed: {'; '.join(_changed(changes))}"
    moved = [one for one in tested if one.otherwise or one.turned]
    rows = (_row(one, one.then, one.now) for one in moved if one.then and one.now)
    if moved:
        yield table("run", "when", "candidate", "then", "now", "checks that turned", rows=rows)
    if same := sum(not one.problem for one in tested) - len(moved):
        yield f"Runs in which no check turned: {same}."
    for problem, count in Counter(one.problem for one in tested if one.problem).most_common():
        runs = ", ".join(str(one.run.pk) for one in tested if one.problem == problem)
        yield f"{count} not replayed (run {runs}): {problem}"
    yield summary(tested)
    yield CANNOT_SAY


def _row(one: Rejudged, then: Decision, now: Decision) -> tuple[str, ...]:
    """Name the checks that changed; where none did, the policy decides differently on the same outcomes."""
    turned = [
        f"{it.check}: {it.then} → {it.now}" + (f" ({it.found})" if it.found else "") for it in one.turned
    ]
    if one.otherwise and not turned:
        turned = [f"none: {now.reason}"]
    found = decision_in_words(now.kind, now.reason) if one.otherwise else "the same"
    assert one.run.started_at
    return (
        str(one.run.pk),
        to_minute(one.run.started_at),
        _candidate(one),
        decision_in_words(then.kind, then.reason),
        found,
        "\n".join(turned),
    )


def _candidate(one: Rejudged) -> str:
    return one.run.candidate.label if one.run.candidate else "–"


def _changed(changes: Changes) -> Iterator[str]:
    for check, limits in changes.limits.items():
        yield from (f"{check}.{name} = {shortened(value)}" for name, value in limits.items())
    yield from (f"policy {name} = {shortened(value)}" for name, value in changes.policy.items())
    yield from (f"{name} is disabled" for name in sorted(changes.disabled))
    yield from (f"{name} does not block" for name in sorted(changes.not_blocking))


def _counts(tested: Sequence[Rejudged]) -> dict[str, int]:
    return {
        "runs": len(tested),
        "replayed": sum(not one.problem for one in tested),
        "otherwise": sum(one.otherwise for one in tested),
        "promotions_fewer": sum(one.promotions == -1 for one in tested),
        "promotions_more": sum(one.promotions == 1 for one in tested),
    }


def summary(tested: Sequence[Rejudged]) -> str:
    """Return how many decisions would have been different."""
    counts = _counts(tested)
    missing = counts["runs"] - counts["replayed"]
    return (
        f"Decisions that change: {counts['otherwise']} of {counts['replayed']}. "
        f"Promotions: {counts['promotions_fewer']} fewer, {counts['promotions_more']} more."
        + (f" Runs that could not be replayed: {missing}." if missing else "")
    )


def as_values(tested: Sequence[Rejudged], changes: Changes) -> dict[str, Any]:
    """For programs."""
    runs = [
        {
            "run": one.run.pk,
            "at": one.run.started_at.isoformat() if one.run.started_at else None,
            "candidate": _candidate(one),
            "then": one.then and asdict(one.then),
            "now": one.now and asdict(one.now),
            "otherwise": one.otherwise if not one.problem else None,
            "turned": [asdict(turned) for turned in one.turned],
            "problem": one.problem,
        }
        for one in tested
    ]
    return {"changes": changes.as_values(), "runs": runs, "summary": _counts(tested)}
