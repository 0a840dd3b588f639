"""The result of a replay: tables for people, and values for programs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import IO, Any, cast

from django.core.management.base import OutputWrapper
from django.utils.text import capfirst
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from predictions.zone import to_second
from scheduling.evidence.outcomes import Decision, Outcome
from scheduling.evidence_page.words import decision_in_words, without_word
from scheduling.replay.replaying import How, Replay

WIDTH = 160  # where the output is not a terminal
LONGEST = 200  # of a value in a table
MOST_LINES = 60  # of a table of differences; --json has all


def show(parts: Iterator[RenderableType], stream: OutputWrapper) -> None:
    """Print to a command's output, without colours where that is a file or a pipe."""
    width = None if stream.isatty() else WIDTH
    console = Console(file=cast("IO[str]", stream), highlight=False, markup=False, width=width)
    for part in parts:
        console.print(part)


def table(*headings: str, rows: Iterable[tuple[str, ...]] = ()) -> Table:
    """Return a table that can be read in a terminal and in a file."""
    made = Table(box=box.SIMPLE, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def shortened(value: Any) -> str:
    """Return text as it is and other values as JSON, up to a length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def in_words(decision: Decision) -> str:
    """Return a gate's decision as the admin names it, and its reason."""
    word = capfirst(decision_in_words(decision.kind, decision.reason))
    return f"{word}. {without_word(decision.reason, word)}"


def as_tables(replayed: Replay) -> Iterator[RenderableType]:
    """For people: what was judged, the answer, each difference, and how each check was answered."""
    record, run = replayed.record, replayed.record.run
    inputs, champion = record.inputs, record.inputs.champion
    against = f"compared with {champion.label}" if champion else "without a live version"
    against += f" on {inputs.evaluation}"
    if champion and champion != inputs.candidate:
        against += f", use {inputs.looks + 1} of this evaluation set"
    assert run.started_at
    yield f"{run}, {to_second(run.started_at)}: {inputs.candidate.label} {against}"
    yield f"Decision then: {in_words(record.decision)}"
    if replayed.differences:
        yield from _differences(replayed)
    else:
        answered = sum(check.how in (How.REPLAYED, How.JUDGED_AGAIN) for check in replayed.checks)
        yield f"Same decision, same figures: {replayed.figures} figures of {answered} checks."
    rows = (
        (one.id, one.outcome.level.label if one.outcome else "–", one.how, str(one.compared.figures), one.why)
        for one in replayed.checks
    )
    yield table("check", "level", "how", "figures", "why not replayed", rows=rows)
    yield from _notes(replayed)


def _differences(replayed: Replay) -> Iterator[RenderableType]:
    differences = replayed.differences
    then, now = replayed.record.decision, replayed.decision
    rounding = sum(one.is_rounding for one in differences)
    only = f" ({rounding} only after the ninth digit)" if rounding else ""
    decided = "The decision is the same."
    if then.kind != now.kind:
        decided = f"It replays to another decision: {in_words(now)}"
    yield f"Figures that differ: {len(differences)}{only}. {decided}"
    rows = ((one.check, one.figure, shortened(one.stored), shortened(one.recomputed)) for one in differences)
    yield table("check", "figure", "stored", "recomputed", rows=islice(rows, MOST_LINES))
    if len(differences) > MOST_LINES:
        yield f"{len(differences) - MOST_LINES} more are not shown. --json prints all of them."


def _notes(replayed: Replay) -> Iterator[str]:
    unrecorded = [name for check in replayed.checks for name in check.compared.unrecorded]
    if unrecorded:
        names = ", ".join(unrecorded[:5]) + (" …" if len(unrecorded) > 5 else "")
        yield f"Figures that are new since the run, and so were not compared: {len(unrecorded)} ({names})."
    for said in replayed.record.assumed:
        yield f"Assumed, because the run did not record it: {said}."
    if replayed.record.changed:
        why = " (a possible cause of the differences)" if replayed.differences else ""
        yield f"Changed since then{why}: {'; '.join(replayed.record.changed)}."


def rehearsal_tables(
    replayed: Replay, now: dict[str, Outcome], decision: Decision
) -> Iterator[RenderableType]:
    """For people: what the checks find in another rehearsal, beside what they found then."""
    yield "Rehearsed again on this machine; times differ from one rehearsal to the next:"
    rows = table("check", "then", "now", "found then", "found now")
    for name, outcome in now.items():
        stored = replayed.record.outcomes.get(name)
        level, found = (stored.get_level_display(), stored.message) if stored else ("–", "–")
        rows.add_row(name, level, outcome.level.label, found, outcome.message)
    yield rows
    yield f"The decision by this rehearsal would be: {in_words(decision)}"


def as_values(replayed: Replay) -> dict[str, Any]:
    """For programs."""
    checks = []
    for one in replayed.checks:
        level = one.outcome.level.value if one.outcome else None
        facts = {"check": one.id, "how": one.how.value, "why": one.why, "level": level}
        checks.append(facts | {"figures": one.compared.figures, "unrecorded": one.compared.unrecorded})
    return {
        "run": replayed.record.run.pk,
        "same": not replayed.differences,
        "decision": {"stored": asdict(replayed.record.decision), "recomputed": asdict(replayed.decision)},
        "figures": replayed.figures,
        "differences": [asdict(one) for one in replayed.differences],
        "checks": checks,
        "assumed": replayed.record.assumed,
        "changed": replayed.record.changed,
    }


def rehearsal_values(now: dict[str, Outcome], decision: Decision) -> dict[str, Any]:
    """For programs."""
    columns = ("level", "message", "measured")
    checks = {name: {column: getattr(one, column) for column in columns} for name, one in now.items()}
    return {"checks": checks, "decision": asdict(decision)}
