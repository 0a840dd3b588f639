"""What a look adds to the rules: blocks of requests by voice, and both versions timed in turns."""

from collections.abc import Callable, Mapping
from random import Random
from time import monotonic, perf_counter
from timeit import repeat
from typing import Any

import msgspec
from msgspec.structs import replace

from predictions.contract.signature import label_key
from predictions.models import Prediction
from predictions.models.worker import Requests
from predictions.registry.loading import LoadedVersion
from scheduling.models import GatePolicy
from scheduling.watch.blocks import Block, asked_of
from scheduling.watch.callers import Callers
from scheduling.watch.rules import Rules
from scheduling.watch.rules.failed_requests import Counted
from scheduling.watch.rules.labels import gains_of
from scheduling.watch.rules.latency import Times, times_of

ROWS = 25  # of a voice in a block that both versions are asked …
LOOKED_AT = 8  # … of so many times as many, the first ones
LEFT_OUT = GatePolicy.Anonymous.LEFT_OUT
ROUNDS = 30  # of one look …
SECONDS = 10.0  # … or until this time is over
LONG_ENOUGH = 0.02  # seconds of one version in one round: what is shorter is repeated, the shortest counts
MOST_REPEATS = 7
WARM_UP = 2


def with_block(rules: Rules, block: Block, limits: Mapping[str, Any], old: LoadedVersion | None) -> Rules:
    """Return the rules with one block more; `old` is None where the version before does not load any more."""
    requests = only_counted(block.requests(), limits)
    callers = rules.callers.with_more(requests_of(requests))
    failures, times = by_voice(requests, callers)
    errors, latency = rules.errors.after(failures), rules.latency.after(times)
    rules = replace(rules, callers=callers, errors=errors, latency=latency)
    if old and not (rules.mix.missing and rules.values.missing):
        rules = _with_answers(rules, block, requests, old, tolerance=limits["mix_tolerance"])
    if old and not rules.labels.missing:
        pairs = asked_of(old, block.labelled(anonymous=limits["anonymous"] != LEFT_OUT))
        spec = block.promotion.version.signature.spec()
        gains = gains_of(pairs, spec=spec, old_labels=old.spec.labels, scale=rules.labels.scale)
        rules = replace(rules, labels=rules.labels.after(gains, tolerance=limits["loss_tolerance"]))
    return rules


def _with_answers(
    rules: Rules, block: Block, requests: Mapping[str, Requests], old: LoadedVersion, *, tolerance: float
) -> Rules:
    asked = [row for of in rules.callers.by_voice(requests).values() for row in _drawn(block, of)]
    new_ones, seen = rules.seen_rows.fresh([row.who, row.inputs] for row in asked)
    fresh = [row for row, is_new in zip(asked, new_ones, strict=True) if is_new]
    answers: dict[str, list[tuple[Any, Any]]] = {}  # new and old, by voice
    for row, output, _ in asked_of(old, fresh):
        answers.setdefault(rules.callers.voice_of(row.who), []).append((row.output, output))
    keys = {v: [(label_key(new), label_key(old)) for new, old in pairs] for v, pairs in answers.items()}
    values = rules.values.after(answers, tolerance=tolerance)
    return replace(rules, values=values, mix=rules.mix.after(keys, tolerance=tolerance), seen_rows=seen)


def only_counted(requests: Mapping[str, Requests], limits: Mapping[str, Any]) -> dict[str, Requests]:
    """Without callers that the policy leaves out."""
    return {who: of for who, of in requests.items() if who or limits["anonymous"] != LEFT_OUT}


def requests_of(requests: Mapping[str, Requests]) -> dict[str, int]:
    """How many each caller made."""
    return {who: of.answered + of.failed for who, of in requests.items()}


def by_voice(
    requests: Mapping[str, Requests], callers: Callers
) -> tuple[dict[str, Counted], dict[str, Times]]:
    """What failed, but for what the version before cannot answer either; and how long the model took."""
    failures, times = {}, {}
    for voice, members in callers.by_voice(requests).items():
        counted = []
        for of in [requests[who] for who in members]:
            failed = of.failed - of.both_failed
            counted.append(Counted(failed, of.answered + failed, of.only_failed))
        failures[voice] = Counted.total(counted)
        times[voice] = times_of({who: requests[who].latencies for who in members})
    return failures, times


def _drawn(block: Block, callers: list[str]) -> list[Prediction]:
    """As many rows of each caller, drawn by the time of the block; a row that a caller repeats is one."""
    chance = Random(block.start.timestamp())
    chosen = chance.sample(callers, min(len(callers), ROWS))
    each = ROWS // len(chosen)
    drawn: list[Prediction] = []
    for who in chosen:
        rows = block.asked_by(who, most=LOOKED_AT * each)
        different = list({msgspec.json.encode(row.inputs, order="sorted"): row for row in rows}.values())
        drawn += chance.sample(different, min(len(different), each))
    return drawn


def slower_rounds(new: LoadedVersion, old: LoadedVersion, *, rows: int, tolerance: float) -> tuple[int, int]:
    """Return in how many rounds the new one took over `tolerance` times as long as the old, and of how many.

    Each is asked so many rows in the columns of its own signature. At least one round is played.
    """
    asked = [_asking(new, rows), _asking(old, rows)]
    times: dict[str, Any] = {"number": 1, "repeat": WARM_UP, "timer": perf_counter}
    first = max(min(repeat(ask, **times)) for ask in asked)
    times["repeat"] = max(1, min(MOST_REPEATS, int(LONG_ENOUGH / max(first, 1e-9))))
    slower = rounds = 0
    started = monotonic()
    while rounds < ROUNDS and (not rounds or monotonic() - started < SECONDS):
        turn = asked if rounds % 2 == 0 else asked[::-1]
        took = {ask: min(repeat(ask, **times)) for ask in turn}  # the others waited for the processor
        slower += took[asked[0]] > tolerance * took[asked[1]]
        rounds += 1
    return slower, rounds


def _asking(version: LoadedVersion, rows: int) -> Callable[[], Any]:
    assert version.known is not None  # a registered one
    golden = [tuple(row) for row in version.known.golden_rows["rows"]]
    many = (golden * (rows // len(golden) + 1))[:rows]
    return lambda: version.predict(many)
