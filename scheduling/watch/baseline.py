"""What a watch compares with: how it was before the flip, and what the gate saw of the difference."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from predictions.models import Dataset, ModelVersion, Promotion
from predictions.registry import loading
from predictions.registry.datasets import DatasetInvalid, read_frame
from scheduling.watch.blocks import Block, starts
from scheduling.watch.rules import ErrorRule, LatencyRule, LossRule, MixRule, Rules, ValueRule

if TYPE_CHECKING:
    import pandas as pd

BEFORE = timedelta(days=1)
MIDDLE = (0.05, 0.95)  # of the evaluation targets: a few far ones must not stretch the scale
VALUES = "the answers are values, not labels"
LABELS = "the answers are labels, not values"


def rules_for(promotion: Promotion, *, limits: dict[str, Any]) -> Rules:
    """Return the rules as they are at the flip. Asks the log and the evaluation rows; takes seconds."""
    new, old = promotion.version, promotion.replaced_version
    assert old is not None  # the first promotion is not watched
    before = [Block(version=old, start=at) for at in starts(promotion.at - BEFORE, promotion.at)]
    failed, times = [block.failed_of_all() for block in before], [block.latencies() for block in before]
    alpha = limits["alpha"]
    compared = _compared(new, old)
    return Rules(
        errors=ErrorRule.against(failed, tolerance=limits["error_tolerance"], alpha=alpha),
        latency=LatencyRule.against(times, tolerance=limits["latency_tolerance"], alpha=alpha),
        mix=compared.mix,
        values=compared.values,
        labels=compared.labels,
    )


class Compared(NamedTuple):
    """The rules that ask both versions."""

    mix: MixRule
    values: ValueRule
    labels: LossRule

    @classmethod
    def missing(cls, why: str) -> Compared:
        """None of them can."""
        return cls(MixRule(missing=why), ValueRule(missing=why), LossRule(missing=why))


def _compared(new: ModelVersion, old: ModelVersion) -> Compared:
    try:
        loaded, before = loading.load(new), loading.load(old)
    except loading.VersionUnloadable as error:
        return Compared.missing(str(error))
    if loaded.spec.task != before.spec.task:
        return Compared.missing("the version before does another task")
    frame = _evaluation_rows(new, loaded)
    answers = [] if frame is None else _seen_by_the_gate(frame, loaded, before)
    if loaded.spec.task == "regression":
        values, labels = _rules_of_values(frame, answers, loaded.spec.output_name)
        return Compared(MixRule(missing=VALUES), values, labels)
    zero = dict.fromkeys((*loaded.spec.label_keys, *before.spec.label_keys), 0)
    mix = MixRule(gained=zero, lost=zero)
    expected = mix.after([(key_of(one), key_of(other)) for one, other in answers]).shifts() if answers else {}
    return Compared(msgspec.structs.replace(mix, expected=expected), ValueRule(missing=LABELS), LossRule())


def _evaluation_rows(new: ModelVersion, loaded: loading.LoadedVersion) -> pd.DataFrame | None:
    evaluation = Dataset.objects.current(new.registered_model, Dataset.Role.EVALUATION)
    try:
        return read_frame(evaluation, loaded.spec) if evaluation else None
    except DatasetInvalid:
        return None


def _rules_of_values(
    frame: pd.DataFrame | None, answers: list[tuple[Any, Any]], output: str
) -> tuple[ValueRule, LossRule]:
    """Both need to know how far values lie apart."""
    if frame is None:
        why = "no evaluation set says how far values lie apart"
        return ValueRule(missing=why), LossRule(missing=why)
    target = frame[output]
    width, middle = float(target.max() - target.min()), float(target.quantile(MIDDLE).diff().iloc[-1])
    if not middle > 0:
        why = "the evaluation targets are almost all the same"
        return ValueRule(missing=why), LossRule(scale=width) if width > 0 else LossRule(missing=why)
    return ValueRule.expecting(answers, scale=middle), LossRule(scale=width)


def _seen_by_the_gate(
    frame: pd.DataFrame, loaded: loading.LoadedVersion, before: loading.LoadedVersion
) -> list[tuple[Any, Any]]:
    """What both answer to the evaluation rows, new and old; nothing where both cannot be asked."""
    if loaded.spec.names != before.spec.names:
        return []
    rows = loaded.spec.rows_of(loaded.spec.answerable(frame))
    return list(zip(loaded.predict(rows).outputs, before.predict(rows).outputs, strict=True)) if rows else []


def key_of(label: Any) -> str:
    """A label as a key of a JSON object: as `SignatureSpec.label_keys`."""
    return label if isinstance(label, str) else msgspec.json.encode(label).decode()
