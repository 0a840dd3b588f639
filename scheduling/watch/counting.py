"""One block more: what was counted and asked in five minutes goes to the rules, by voice."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec

from predictions.models import Prediction, Promotion
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


@dataclass(frozen=True, kw_only=True)
class Counting:
    """What counting needs beside the block; `old` is None where the version before does not load any more."""

    promotion: Promotion
    limits: Mapping[str, Any]
    old: LoadedVersion | None

    def with_block(self, rules: Rules, block: Block) -> Rules:
        requests = only_counted(block.requests(), self.limits)
        callers = rules.callers.with_more(requests_of(requests))
        rules = msgspec.structs.replace(
            rules,
            callers=callers,
            errors=rules.errors.after(failures_by_voice(requests, callers)),
            latency=rules.latency.after(times_by_voice(requests, callers)),
        )
        if self.old is None:
            return rules
        return self._with_labels(self._with_answers(rules, block, requests, self.old), block, self.old)

    def _with_answers(
        self, rules: Rules, block: Block, requests: Mapping[str, Requests], old: LoadedVersion
    ) -> Rules:
        if rules.mix.missing and rules.values.missing:
            return rules
        asked = [row for of in rules.callers.by_voice(requests).values() for row in _drawn(block, of)]
        new_ones, seen = rules.seen_rows.fresh([row.who, row.inputs] for row in asked)
        fresh = [row for row, is_new in zip(asked, new_ones, strict=True) if is_new]
        answers: dict[str, list[tuple[Any, Any]]] = {}  # new and old, by voice
        for row, output, _ in asked_of(old, fresh):
            answers.setdefault(rules.callers.voice_of(row.who), []).append((row.output, output))
        keys = {v: [(key_of(new), key_of(old)) for new, old in pairs] for v, pairs in answers.items()}
        tolerance = self.limits["mix_tolerance"]
        values = rules.values.after(answers, tolerance=tolerance)
        mix = rules.mix.after(keys, tolerance=tolerance)
        return msgspec.structs.replace(rules, values=values, mix=mix, seen_rows=seen)

    def _with_labels(self, rules: Rules, block: Block, old: LoadedVersion) -> Rules:
        if rules.labels.missing:
            return rules
        anonymous = self.limits["anonymous"] != GatePolicy.Anonymous.LEFT_OUT
        pairs = asked_of(old, block.labelled(self.promotion, anonymous=anonymous))
        spec = self.promotion.version.signature.spec()
        gains = gains_of(pairs, spec=spec, old_labels=old.spec.labels, scale=rules.labels.scale)
        labels = rules.labels.after(gains, tolerance=self.limits["loss_tolerance"])
        return msgspec.structs.replace(rules, labels=labels)


def only_counted(requests: Mapping[str, Requests], limits: Mapping[str, Any]) -> dict[str, Requests]:
    """Without callers that the policy leaves out."""
    left_out = limits["anonymous"] == GatePolicy.Anonymous.LEFT_OUT
    return {who: of for who, of in requests.items() if who or not left_out}


def requests_of(requests: Mapping[str, Requests]) -> dict[str, int]:
    """How many each caller made."""
    return {who: of.answered + of.failed for who, of in requests.items()}


def failures_by_voice(requests: Mapping[str, Requests], callers: Callers) -> dict[str, Counted]:
    """What failed, but for what the version before cannot answer either."""
    counted = {}
    for who, of in requests.items():
        failed = of.failed - of.both_failed
        counted[who] = Counted(failed, of.answered + failed, of.only_failed)
    voices = callers.by_voice(requests)
    return {voice: Counted.total(counted[who] for who in of) for voice, of in voices.items()}


def times_by_voice(requests: Mapping[str, Requests], callers: Callers) -> dict[str, Times]:
    """How long the model took, by voice."""
    voices = callers.by_voice(requests)
    return {voice: times_of({who: requests[who].latencies for who in of}) for voice, of in voices.items()}


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


def key_of(label: Any) -> str:
    """A label as a key of a JSON object: as `SignatureSpec.label_keys`."""
    return label if isinstance(label, str) else msgspec.json.encode(label).decode()
