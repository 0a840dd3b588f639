"""What a watch compares with: how it was before the flip, and what the gate saw of the difference."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from predictions.models import Dataset, ModelVersion, Promotion, RequestCount
from predictions.models.request_count import Requests
from predictions.registry import loading
from predictions.registry.datasets import DatasetInvalid, read_frame
from scheduling.watch.callers import Callers
from scheduling.watch.counting import failures_by_voice, key_of, only_counted, times_by_voice
from scheduling.watch.rules import ErrorRule, LatencyRule, LossRule, MixRule, Rules, ValueRule
from scheduling.watch.rules.mix import Judged
from scheduling.watch.rules.thirds import JudgedValue

if TYPE_CHECKING:
    import pandas as pd

BEFORE = timedelta(days=1)
MIDDLE = (0.05, 0.95)  # of the evaluation targets: a few far ones must not stretch the scale
VALUES = "the answers are values, not labels"
LABELS = "the answers are labels, not values"


def rules_for(promotion: Promotion, *, limits: dict[str, Any]) -> Rules:
    """Return the rules as they are at the flip. Asks the counts and the evaluation rows; takes seconds."""
    new, old = promotion.version, promotion.replaced_version
    assert old is not None  # the first promotion is not watched
    counts = RequestCount.objects.filter(model_version=old).ended_in(promotion.at - BEFORE, promotion.at)
    before = [only_counted(block, limits) for block in counts.by_block_and_caller().values()]
    callers = Callers().with_more(_requests_of(before))
    failures = [failures_by_voice(block, callers) for block in before]
    alpha = limits["alpha"]
    compared = _compared(new, old)
    return Rules(
        callers=callers,
        errors=ErrorRule.against(
            failures,
            tolerance=limits["error_tolerance"],
            alpha=alpha,
        ),
        latency=LatencyRule.against(
            [times_by_voice(block, callers) for block in before],
            tolerance=limits["latency_tolerance"],
            alpha=alpha,
        ),
        mix=compared.mix,
        values=compared.values,
        labels=compared.labels,
    )


def _requests_of(before: list[dict[str, Requests]]) -> dict[str, int]:
    """How many each caller made."""
    requests: dict[str, int] = {}
    for block in before:
        for who, of in block.items():
            requests[who] = requests.get(who, 0) + of.answered + of.failed
    return requests


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
    judged = [] if frame is None else _seen_by_the_gate(frame, loaded, before)
    if loaded.spec.task == "regression":
        values, labels = _rules_of_values(frame, judged, loaded.spec.output_name)
        return Compared(MixRule(missing=VALUES), values, labels)
    known = {*loaded.spec.label_keys, *before.spec.label_keys}
    rows = [Judged(*map(key_of, row)) for row in judged]
    return Compared(MixRule.expecting(rows, labels=len(known)), ValueRule(missing=LABELS), LossRule())


def _evaluation_rows(new: ModelVersion, loaded: loading.LoadedVersion) -> pd.DataFrame | None:
    evaluation = Dataset.objects.current(new.registered_model, Dataset.Role.EVALUATION)
    try:
        return read_frame(evaluation, loaded.spec) if evaluation else None
    except DatasetInvalid:
        return None


def _rules_of_values(
    frame: pd.DataFrame | None, judged: list[tuple[Any, Any, Any]], output: str
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
    rows = [JudgedValue(*map(float, row)) for row in judged]
    return ValueRule.expecting(rows, scale=middle), LossRule(scale=width)


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
