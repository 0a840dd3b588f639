"""What a watch compares with: how it was before the flip, and what the gate saw of the difference."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import label_key
from predictions.models import Dataset, ModelVersion, Promotion, RequestCount
from predictions.registry import loading
from predictions.registry.datasets import read_frame
from predictions.tables.names import DatasetInvalid
from scheduling.watch.callers import Callers
from scheduling.watch.measuring import by_voice, only_counted, requests_of
from scheduling.watch.rules import ErrorRule, LatencyRule, LossRule, MixRule, Rules, ValueRule
from scheduling.watch.rules.base import NO_LABELS, Judged

if TYPE_CHECKING:
    import pandas as pd

BEFORE = timedelta(days=1)
MIDDLE = (0.05, 0.95)  # of the evaluation targets: a few far ones must not stretch the scale


def rules_for(promotion: Promotion, *, limits: dict[str, Any]) -> Rules:
    """Return the rules as they are at the flip. Asks the counts and the evaluation rows; takes seconds."""
    new, old = promotion.version, promotion.replaced_version
    assert old is not None  # the first promotion is not watched
    counts = RequestCount.objects.filter(model_version=old).ended_in(promotion.at - BEFORE, promotion.at)
    before = [only_counted(block, limits) for block in counts.by_block_and_caller().values()]
    requests: Counter[str] = Counter()
    for block in before:
        requests.update(requests_of(block))
    callers, alpha = Callers().with_more(requests), limits["alpha"]
    voices = [by_voice(block, callers) for block in before]
    failures, times = [of for of, _ in voices], [of for _, of in voices]
    return Rules(
        callers=callers,
        errors=ErrorRule.against(failures, tolerance=limits["error_tolerance"], alpha=alpha),
        latency=LatencyRule.against(times, tolerance=limits["latency_tolerance"], alpha=alpha),
        **_rules_that_ask(new, old),
    )


def _rules_that_ask(new: ModelVersion, old: ModelVersion) -> dict[str, Any]:
    try:
        loaded, before = loading.load(new), loading.load(old)
    except loading.VersionUnloadable as error:
        return _missing(str(error))
    if loaded.spec.task != before.spec.task:
        return _missing("the previous version has a different task")
    evaluation = Dataset.objects.current(new.registered_model, Dataset.Role.EVALUATION)
    try:
        frame = read_frame(evaluation, loaded.spec) if evaluation else None
    except DatasetInvalid:
        frame = None
    judged = [] if frame is None else _seen_by_the_gate(frame, loaded, before)
    if loaded.spec.task == "regression":
        target = None if frame is None else frame[loaded.spec.output_name]
        return _rules_of_values(target, [Judged(*map(float, row)) for row in judged])
    known = {*loaded.spec.label_keys, *before.spec.label_keys}
    rows = [Judged(*map(label_key, row)) for row in judged]
    why = "the answers are labels, not values"
    return _missing(why) | {"mix": MixRule.expecting(rows, labels=len(known)), "labels": LossRule()}


def _rules_of_values(target: pd.Series | None, rows: list[Judged]) -> dict[str, Any]:
    """Both need to know how far values lie apart."""
    no_mix = {"mix": MixRule(missing=NO_LABELS)}
    if target is None:
        return _missing("no evaluation set shows how far values lie apart") | no_mix
    rules = _missing("almost all values of the target in the evaluation set are the same") | no_mix
    width, middle = float(target.max() - target.min()), float(target.quantile(MIDDLE).diff().iloc[-1])
    if width > 0:
        rules["labels"] = LossRule(scale=width)
    if middle > 0:
        rules["values"] = ValueRule.expecting(rows, scale=middle)
    return rules


def _missing(why: str) -> dict[str, Any]:
    return {"mix": MixRule(missing=why), "values": ValueRule(missing=why), "labels": LossRule(missing=why)}


def _seen_by_the_gate(
    frame: pd.DataFrame, loaded: loading.LoadedVersion, before: loading.LoadedVersion
) -> list[tuple[Any, Any, Any]]:
    """New answer, old answer and truth of the evaluation rows; nothing where both cannot be asked."""
    if loaded.spec.names != before.spec.names:
        return []
    answerable = loaded.spec.answerable(frame)
    rows = loaded.spec.rows_of(answerable)
    if not rows:
        return []
    truth = answerable[loaded.spec.output_name].tolist()
    return list(zip(loaded.predict(rows).outputs, before.predict(rows).outputs, truth, strict=True))
