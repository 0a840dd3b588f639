"""What a replay came to: as tables for people, and as values for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any, cast

from django.core.management.base import OutputWrapper
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from scheduling.evidence.outcomes import Decision, Outcome
from scheduling.models import Run
from scheduling.replay.differences import Difference
from scheduling.replay.replaying import How, Replay

WIDTH = 160  # of what is no terminal
LONGEST = 200  # of a value in a table
MOST_LINES = 60  # of a table of differences; --json has all


def console_of(stream: OutputWrapper) -> Console:
    """Return what writes tables to a command's output, to a file or pipe without colours."""
    width = None if stream.isatty() else WIDTH
    return Console(file=cast("IO[str]", stream), highlight=False, markup=False, width=width)


def table(*headings: str) -> Table:
    """Return an empty table that can be read in a terminal and in a file."""
    made = Table(box=box.SIMPLE, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def told(replayed: Replay) -> Iterator[RenderableType]:
    """For people: what was judged, the answer, each difference, and how each check was answered."""
    record, run = replayed.record, replayed.record.run
    inputs, champion = record.inputs, record.inputs.champion
    look = f", look {inputs.looks + 1}" if champion and champion != inputs.candidate else ""
    yield (
        f"{run}, {run.started_at:%Y-%m-%d %H:%M:%S} UTC: {inputs.candidate.label} against "
        f"{champion.label if champion else 'nothing'} on {inputs.evaluation}{look}"
    )
    yield f"Then: {called(record.decision)}. {record.decision.reason}"
    if replayed.differences:
        yield f"Different: {_counted(replayed.differences)}. {_decided(replayed)}"
        yield _differences_table(replayed.differences)
    else:
        yield f"Same decision, same figures: {replayed.figures} figures of {_answered(replayed)} checks."
    yield _checks_table(replayed)
    yield from _notes(replayed)


def rehearsal_told(replayed: Replay, now: dict[str, Outcome], decision: Decision) -> Iterator[RenderableType]:
    """For people: what the checks of another rehearsal say, beside what they said."""
    yield "Rehearsed again, on this machine now; times differ from one rehearsal to the next:"
    rows = table("check", "then", "now", "found then", "found now")
    for name, outcome in now.items():
        then = replayed.record.outcomes.get(name)
        levels = (then.get_level_display(), then.message) if then else ("–", "–")
        rows.add_row(name, levels[0], outcome.level.label, levels[1], outcome.message)
    yield rows
    yield f"By this rehearsal the decision would be: {called(decision)}."


def shown(value: Any) -> str:
    """A value as JSON writes it, a text as it is; not without end."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def called(decision: Decision) -> str:
    """A gate's decision as the admin calls it."""
    return str(Run.Decision(decision.kind).label).lower()


def as_values(replayed: Replay) -> dict[str, Any]:
    """For programs."""
    return {
        "run": replayed.record.run.pk,
        "same": not replayed.differences,
        "decision": {"stored": asdict(replayed.record.decision), "recomputed": asdict(replayed.decision)},
        "figures": replayed.figures,
        "differences": [asdict(one) for one in replayed.differences],
        "checks": [
            {
                "check": check.id,
                "how": check.how.value,
                "why": check.why,
                "level": check.outcome.level.value if check.outcome else None,
                "figures": check.compared.figures,
                "unrecorded": check.compared.unrecorded,
            }
            for check in replayed.checks
        ],
        "assumed": replayed.record.assumed,
        "changed": replayed.record.changed,
    }


def rehearsal_values(now: dict[str, Outcome], decision: Decision) -> dict[str, Any]:
    """For programs."""
    columns = ("level", "message", "measured")
    checks = {name: {column: getattr(one, column) for column in columns} for name, one in now.items()}
    return {"checks": checks, "decision": asdict(decision)}


def _counted(differences: list[Difference]) -> str:
    rounding = sum(one.is_rounding for one in differences)
    said = f"{len(differences)} {'figure' if len(differences) == 1 else 'figures'}"
    return f"{said}, {rounding} of them after the ninth digit only" if rounding else said


def _differences_table(differences: list[Difference]) -> Table:
    """One line for each figure, as far as that can be read."""
    rows = table("check", "figure", "stored", "recomputed")
    for one in differences[:MOST_LINES]:
        rows.add_row(one.check, one.figure, shown(one.stored), shown(one.recomputed))
    if len(differences) > MOST_LINES:
        rows.caption = f"{len(differences) - MOST_LINES} more: --json shows them"
    return rows


def _decided(replayed: Replay) -> str:
    then, now = replayed.record.decision.kind, replayed.decision.kind
    if then == now:
        return "The decision is the same."
    return f"The decision is another: {called(replayed.decision)}. {replayed.decision.reason}"


def _answered(replayed: Replay) -> int:
    return sum(check.how in (How.REPLAYED, How.JUDGED_AGAIN) for check in replayed.checks)


def _checks_table(replayed: Replay) -> Table:
    rows = table("check", "level", "how", "figures", "why not")
    for check in replayed.checks:
        level = check.outcome.level.label if check.outcome else "–"
        rows.add_row(check.id, level, check.how.value, str(check.compared.figures), check.why)
    return rows


def _notes(replayed: Replay) -> Iterator[str]:
    unrecorded = [name for check in replayed.checks for name in check.compared.unrecorded]
    if unrecorded:
        names = ", ".join(unrecorded[:5]) + (" …" if len(unrecorded) > 5 else "")
        yield f"Not on record, so not compared: {len(unrecorded)} figures that are computed now ({names})."
    for said in replayed.record.assumed:
        yield f"Assumed, for the run did not keep it: {said}."
    if replayed.record.changed:
        why = ", a possible cause of the differences" if replayed.differences else ""
        yield f"Others than then{why}: {'; '.join(replayed.record.changed)}."
