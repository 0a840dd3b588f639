"""One look at a watch: count what has happened since the flip, and close the watch when it is time."""

import logging
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from predictions import database
from predictions.log.request_lines import least_rows
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.registry import loading
from predictions.registry.promotion import Approval, LiveVersionChanged, NothingToRollBackTo, roll_back
from predictions.zone import to_minute
from scheduling.models import Run, Watch
from scheduling.models.watch import PATIENCE, SETTLED
from scheduling.runs.transitions import note
from scheduling.watch.baseline import rules_for
from scheduling.watch.blocks import BLOCK, Block, newest_of, starts
from scheduling.watch.measuring import slower_rounds, with_block
from scheduling.watch.opening import bounded
from scheduling.watch.rules import TRUSTED, Rules, as_text

log = logging.getLogger("scheduling.watch.watches")
MOST_BLOCKS = 12  # in one look: it takes seconds, and what it has counted is kept
NO_REQUEST = (
    "Nothing was compared, because no request was counted until {until}. If there were requests, check that "
    "`manage.py ingest_predictions` is running. {seen}"
)
STILL_OPEN = "nothing got worse so far."
Status = Watch.Status


class Breached(Exception):
    """A rule is breached: acting on that takes a run."""


def look(watch: Watch, *, now: datetime, run: Run | None = None) -> str:
    """Look once, and say what came of it. Raises `RunFenced`.

    1. A flip came after: closed. 2. The first look: note how it was before. 3. Count blocks that are over.
    4. A rule is breached: roll back, or say who holds the model; raises `Breached` without a run to do it in.
    5. The bake time is over: closed. Else note the evidence. Each write is guarded against another look.
    """
    if after := watch.overtaken_by():
        return _overtaken(watch, after, now=now)
    watch = bounded(watch, now=now)
    if not watch.evidence:
        watch.evidence = msgspec.to_builtins(rules_for(watch.promotion, limits=watch.limits))
        Watch.objects.saw(watch, now=now, evidence=watch.evidence)  # it takes seconds: kept at once
    over = watch.is_over(now)
    # What is newer than the newest in the log waits for the ingester.
    newest = newest_of(watch.promotion.version, now=now) or watch.counted_until
    known_until = watch.until if over else min(newest, now - SETTLED, watch.until)
    counted_until, rules = _counted(watch, known_until)
    columns = {"now": now, "counted_until": counted_until, "evidence": msgspec.to_builtins(rules)}
    unwatched = _unwatched(watch, watch.until, now=now)
    if breach := as_text(rules.findings(watch.limits, act=True), *unwatched):
        if run is None:
            raise Breached(breach)
        return _end_badly(watch, run, breach, columns)
    if over and not any(starts(counted_until, watch.until)):
        return _end_well(watch, rules, unwatched, columns)
    Watch.objects.saw(watch, **columns)
    return f"{watch}: {STILL_OPEN}"


def _overtaken(watch: Watch, after: Promotion, *, now: datetime) -> str:
    """Another flip was first: the version before it needs no judge any more."""
    status, reason = Status.OVERTAKEN, f"{after} replaced it before the end of its watch."
    if unwatched := _unwatched(watch, after.at, now=now):
        status, reason = Status.UNSEEN, f"It went live without being watched. {unwatched[0]} {reason}"
    Watch.objects.close(watch, status=status, reason=reason, now=now)
    return f"{watch}: {reason}"


def _end_well(watch: Watch, rules: Rules, unwatched: list[str], columns: dict[str, Any]) -> str:
    """The bake time is over. Where nobody looked while it ran, it was judged all the same, and late."""
    until = f"{to_minute(watch.until)}"
    status, reason = Status.PASSED, f"Nothing got worse until {until}. {rules.seen}"
    if not any((rules.errors.counted.requests, rules.mix.asked, rules.values.asked, rules.labels.bets.rows)):
        status, reason = Status.UNSEEN, NO_REQUEST.format(until=until, seen=rules.seen)
    if unwatched:
        status = Status.UNSEEN
        reason = f"It went live without being watched. {unwatched[0]} Checked late: {reason}"
    Watch.objects.close(watch, status=status, reason=reason, **columns)
    return f"{watch}: {status.value}. {reason}"


def _unwatched(watch: Watch, end: datetime, *, now: datetime) -> list[str]:
    """One sentence where nobody looked as the watch came to its end, long after the last look; else none."""
    gap = watch.gap_over(end, now=now)
    if gap is None or end - gap[0] <= PATIENCE:
        return []
    return [f"No scheduler looked at it from {to_minute(gap[0])} to {to_minute(gap[1])}."]


def _counted(watch: Watch, until: datetime) -> tuple[datetime, Rules]:
    rules = msgspec.convert(watch.evidence, Rules)
    promotion = watch.promotion
    assert promotion.replaced_version is not None
    due = list(islice(starts(watch.counted_until, until), MOST_BLOCKS))
    if not due:
        return watch.counted_until, rules
    old = _load(promotion.replaced_version)
    for start in due:
        rules = with_block(rules, Block(promotion=promotion, start=start), watch.limits, old)
    if old is not None:
        rules = _with_own_comparison(rules, promotion.version, old, watch.limits)
    return due[-1] + BLOCK, rules.with_told(watch.limits)


def _load(version: ModelVersion) -> loading.LoadedVersion | None:
    """None where it does not load any more: then requests are counted, and nothing is compared."""
    try:
        return loading.load(version)
    except loading.VersionUnloadable as error:
        log.error("a version cannot be compared, because it does not load: %s", error)
        return None


def _with_own_comparison(
    rules: Rules, version: ModelVersion, old: loading.LoadedVersion, limits: dict[str, Any]
) -> Rules:
    """Where requests got slower, ask whether it is the version."""
    suspects = rules.latency.suspects(alpha=limits["alpha"], trusted=limits["anonymous"] == TRUSTED)
    new = _load(version) if suspects and suspects[0].believed else None
    if new is None:
        return rules
    rows, tolerance = least_rows(suspects[0].size), limits["latency_tolerance"]
    slower, rounds = slower_rounds(new, old, rows=rows, tolerance=tolerance)
    return msgspec.structs.replace(rules, latency=rules.latency.compared(slower=slower, rounds=rounds))


def _end_badly(watch: Watch, run: Run, breach: str, columns: dict[str, Any]) -> str:
    """Roll back in the transaction that closes the watch and the run; a flip in between overtakes it."""
    try:
        with database.atomic():
            note(run, step="rolling back")
            reason = f"{watch}: {_roll_back(watch, run, breach, columns)}"
            Run.objects.close(run, status=Run.Status.FINISHED, reason=reason)
    except (LiveVersionChanged, NothingToRollBackTo) as error:
        reason = f"Not rolled back: {breach} {error}"
        Watch.objects.close(watch, status=Status.OVERTAKEN, reason=reason, **columns)
        return f"{watch}: {reason}"
    return reason


def _roll_back(watch: Watch, run: Run, breach: str, columns: dict[str, Any]) -> str:
    """A held model is flipped by a person only. The model's row is locked: a hold waits, or is seen."""
    model = RegisteredModel.objects.select_for_update(no_key=True).get(pk=watch.promotion.registered_model_id)
    if model.is_held:
        reason = f"Not rolled back, because {model.held_by} paused automatic promotion: {breach}"
        Watch.objects.close(watch, status=Status.HELD, reason=reason, **columns)
        return reason
    reason = f"Rolled back: {breach}"
    approval = Approval.by_gate(by=f"watch in run {run.pk}", reason=f"{breach[0].upper()}{breach[1:]}")
    back = roll_back(registered_model=model, replacing=watch.promotion, approval=approval)
    if not Watch.objects.close(watch, status=Status.ROLLED_BACK, reason=reason, roll_back=back, **columns):
        raise LiveVersionChanged("Another look at this watch was first.")
    log.warning("model=%s: %s: %s", model, watch, reason)
    return reason
