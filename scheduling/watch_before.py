"""What a watch compares with: how it was before the flip, and what the gate saw of the difference."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from predictions import serving
from predictions.datasets import DatasetInvalid, read_frame
from predictions.models import Dataset, ModelVersion, Promotion
from scheduling.traffic import Block, starts
from scheduling.watch_rules import ErrorRule, LatencyRule, LossRule, MixRule, Rules

BEFORE = timedelta(days=1)


def rules_for(promotion: Promotion, *, limits: dict[str, Any]) -> Rules:
    """Return the rules as they are at the flip. Asks the log and the evaluation rows; takes seconds."""
    new, old = promotion.version, promotion.replaced_version
    assert old is not None  # the first promotion is not watched
    before = [Block(version=old, start=at) for at in starts(promotion.at - BEFORE, promotion.at)]
    mix, labels = _against_the_version_before(new, old)
    return Rules(
        errors=ErrorRule.against(
            [block.failed_of_all() for block in before],
            tolerance=limits["error_tolerance"],
            alpha=limits["alpha"],
        ),
        latency=LatencyRule.against(
            [block.latencies() for block in before],
            tolerance=limits["latency_tolerance"],
            alpha=limits["alpha"],
        ),
        mix=mix,
        labels=labels,
    )


def _against_the_version_before(new: ModelVersion, old: ModelVersion) -> tuple[MixRule, LossRule]:
    try:
        loaded, before = serving.load(new), serving.load(old)
    except serving.VersionUnloadable as error:
        return MixRule(missing=str(error)), LossRule(missing=str(error))
    if loaded.spec.task != before.spec.task:
        why = "the version before does another task"
        return MixRule(missing=why), LossRule(missing=why)
    if loaded.spec.task == "regression":
        return MixRule(missing="the answers are values, not labels"), _loss_of_values(new, loaded)
    zero = dict.fromkeys((*loaded.spec.label_keys, *before.spec.label_keys), 0)
    mix = MixRule(gained=zero, lost=zero)
    return msgspec.structs.replace(mix, expected=_seen_by_the_gate(mix, new, loaded, before)), LossRule()


def _evaluation(new: ModelVersion) -> Dataset | None:
    return Dataset.objects.current(new.registered_model, Dataset.Role.EVALUATION)


def _loss_of_values(new: ModelVersion, loaded: serving.LoadedVersion) -> LossRule:
    evaluation = _evaluation(new)
    if evaluation is None:
        return LossRule(missing="no evaluation set says how far values lie apart")
    target = read_frame(evaluation, loaded.spec)[loaded.spec.output_name]
    width = float(target.max() - target.min())
    return LossRule(scale=width) if width > 0 else LossRule(missing="the evaluation targets are all the same")


def _seen_by_the_gate(
    mix: MixRule, new: ModelVersion, loaded: serving.LoadedVersion, before: serving.LoadedVersion
) -> dict[str, float]:
    """The net share that each label gains on the evaluation rows; nothing where both cannot be asked."""
    evaluation = _evaluation(new)
    if evaluation is None or loaded.spec.names != before.spec.names:
        return {}
    try:
        frame = loaded.spec.answerable(read_frame(evaluation, loaded.spec))
    except DatasetInvalid:
        return {}
    rows = loaded.spec.rows_of(frame)
    if not rows:
        return {}
    outputs = zip(loaded.predict(rows).outputs, before.predict(rows).outputs, strict=True)
    return mix.after([(key_of(one), key_of(other)) for one, other in outputs]).shifts()


def key_of(label: Any) -> str:
    """A label as a key of a JSON object: as `SignatureSpec.label_keys`."""
    return label if isinstance(label, str) else msgspec.json.encode(label).decode()
