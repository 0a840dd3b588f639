"""The watch after a flip: opened, looked at, and closed by a roll back or at the end of the bake time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from predictions.log.latency_bins import least_rows
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.registry.promotion import Approval, LiveVersionChanged, NothingToRollBackTo, roll_back
from predictions.serving import serving
from scheduling.models import GatePolicy, Run, Watch
from scheduling.runs.recording import note
from scheduling.watch.baseline import rules_for
from scheduling.watch.blocks import BLOCK, Block, newest_of, starts
from scheduling.watch.counting import Counting
from scheduling.watch.own_comparison import slower_rounds
from scheduling.watch.rules import Rules

log = logging.getLogger("scheduling.watch.watches")
SETTLED = timedelta(minutes=1)  # after a block: what was answered in it is in the log by then
Status = Watch.Status


def reconcile(model: RegisteredModel, *, now: datetime) -> None:
    """Close the watches that another flip has overtaken; open one for the flip that is live.

    Whoever flipped: a run, a person, the API. A roll back and a first version are not watched.
    """
    live = model.live_promotion()
    for watch in Watch.objects.open(model).exclude(promotion=live):
        Watch.objects.close(watch, status=Status.OVERTAKEN, reason=f"{live} came after it.")
    policy = GatePolicy.objects.of(model)
    if live is None or live.kind != Promotion.Kind.PROMOTE or live.replaced_version_id is None:
        return
    until = live.at + timedelta(minutes=policy.bake_minutes)
    if now < until and not Watch.objects.filter(promotion=live).exists():
        _open(live, until=until, limits=_limits(policy))


def _limits(policy: GatePolicy) -> dict[str, Any]:
    return {
        "bake_minutes": policy.bake_minutes,
        "alpha": policy.watch_alpha,
        "anonymous": policy.watch_anonymous,
        "error_tolerance": policy.error_tolerance,
        "latency_tolerance": policy.latency_tolerance,
        "mix_tolerance": policy.mix_tolerance,
        "loss_tolerance": policy.loss_tolerance,
    }


def _open(live: Promotion, *, until: datetime, limits: dict[str, Any]) -> None:
    evidence = msgspec.to_builtins(rules_for(live, limits=limits))
    try:
        with transaction.atomic():
            Watch.objects.create(
                promotion=live, until=until, counted_until=live.at, limits=limits, evidence=evidence
            )
    except IntegrityError:
        return  # another look was first
    log.info("model=%s: %s is watched until %s", live.registered_model, live, until)


def look(watch: Watch, run: Run, *, now: datetime) -> str:
    """Count the blocks that are over, judge, and say what came of it.

    1. Count. 2. A rule is breached: roll back, or say who holds the model. 3. The bake time is over: passed.
    4. Else note the evidence. Each write is guarded: where another look was first, nothing changes.
    Raises `RunFenced`.
    """
    counted_until, rules = _counted(watch, min(now - SETTLED, watch.until))
    columns = {"counted_until": counted_until, "evidence": msgspec.to_builtins(rules)}
    if breach := _breach(rules, watch.limits):
        return _end_badly(watch, run, breach, columns)
    if now - SETTLED >= watch.until:
        reason = f"No rule was breached until {watch.until:%Y-%m-%d %H:%M} UTC: {rules.seen}."
        Watch.objects.close(watch, status=Status.PASSED, reason=reason, **columns)
        return f"{watch}: passed."
    Watch.objects.note(watch, **columns)
    return f"{watch}: nothing worse so far."


def _counted(watch: Watch, until: datetime) -> tuple[datetime, Rules]:
    """Return the evidence with the blocks that are over.

    A block after the newest thing in the log waits: the ingester may be behind, but not for longer
    than the bake time.
    """
    rules = msgspec.convert(watch.evidence, Rules)
    promotion = watch.promotion
    assert promotion.replaced_version is not None
    if until < watch.until:
        newest = newest_of(promotion.version)
        until = min(until, newest) if newest else watch.counted_until
    due = list(starts(watch.counted_until, until))
    if not due:
        return watch.counted_until, rules
    old = _load(promotion.replaced_version)
    counting = Counting(promotion=promotion, limits=watch.limits, old=old)
    for start in due:
        rules = counting.with_block(rules, Block(version=promotion.version, start=start))
    if old is not None:
        rules = _with_own_comparison(rules, promotion.version, old, watch.limits)
    return due[-1] + BLOCK, rules.with_told(watch.limits)


def _load(version: ModelVersion) -> serving.LoadedVersion | None:
    """None where it does not load any more: then requests are counted, and nothing is compared."""
    try:
        return serving.load(version)
    except serving.VersionUnloadable as error:
        log.error("not asked: %s", error)
        return None


def _with_own_comparison(
    rules: Rules, version: ModelVersion, old: serving.LoadedVersion, limits: dict[str, Any]
) -> Rules:
    """Where requests got slower, ask whether it is the version."""
    sizes = rules.slower_sizes(limits)
    new = _load(version) if sizes else None
    if new is None:
        return rules
    rows = least_rows(sizes[0])
    slower, rounds = slower_rounds(new, old, rows=rows, tolerance=limits["latency_tolerance"])
    return msgspec.structs.replace(rules, latency=rules.latency.compared(slower=slower, rounds=rounds))


def _breach(rules: Rules, limits: dict[str, Any]) -> str:
    """The sentences of the rules that roll back; empty where none does."""
    return "; ".join(finding.sentence for finding in rules.findings(limits) if finding.acts)


def _end_badly(watch: Watch, run: Run, breach: str, columns: dict[str, Any]) -> str:
    """Roll back in the transaction that closes the watch; a flip in between overtakes it."""
    try:
        with transaction.atomic():
            note(run, step="rolling back")
            return _roll_back(watch, run, breach, columns)
    except (LiveVersionChanged, NothingToRollBackTo) as error:
        reason = f"{breach}. It was not rolled back: {error}"
        Watch.objects.close(watch, status=Status.OVERTAKEN, reason=reason, **columns)
        return f"{watch}: overtaken. {reason}"


def _roll_back(watch: Watch, run: Run, breach: str, columns: dict[str, Any]) -> str:
    """A held model is flipped by a person only. The model's row is locked: a hold waits, or is seen."""
    model = RegisteredModel.objects.select_for_update(no_key=True).get(pk=watch.promotion.registered_model_id)
    if model.is_held:
        reason = f"{breach}. It was not rolled back: {model.held_by} holds the model."
        Watch.objects.close(watch, status=Status.HELD, reason=reason, **columns)
        return f"{watch}: {reason}"
    approval = Approval.by_gate(by=f"watch in run {run.pk}", reason=breach)
    back = roll_back(registered_model=model, replacing=watch.promotion, approval=approval)
    if not Watch.objects.close(watch, status=Status.ROLLED_BACK, reason=breach, roll_back=back, **columns):
        raise LiveVersionChanged("another look at the watch was first.")
    log.warning("model=%s: rolled back by %s: %s", model, watch, breach)
    return f"{watch}: rolled back. {breach}"


def look_at_all(model: RegisteredModel, run: Run, *, now: datetime) -> list[str]:
    """Reconcile, then look at each open watch of the model; return what came of each."""
    reconcile(model, now=now)
    waiting = Watch.objects.open(model).select_related(
        "promotion__version__signature__registered_model",
        "promotion__replaced_version__signature__registered_model",
        "promotion__registered_model",
    )
    return [look(watch, run, now=now) for watch in waiting]
