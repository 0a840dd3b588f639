"""The checks of drift, asked without a candidate: the newest training rows against the prediction log."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from predictions.models import Dataset, RegisteredModel, Signature
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.datasets import read_frame
from predictions.tables.names import DatasetInvalid
from scheduling.checks.base import Check
from scheduling.checks.drift.base import Drift
from scheduling.checks.drift.feature_drift import FeatureDrift
from scheduling.checks.drift.label_drift import LabelDrift
from scheduling.evidence.outcomes import Level
from scheduling.evidence.samples import TRAINING_SET, Sample, Samples
from scheduling.judging.drift_samples import MOST_REFERENCE_ROWS, drawn_reference
from scheduling.judging.inputs import checks_in_force
from scheduling.judging.log_window import recent_log
from scheduling.models import CheckResult
from scheduling.retraining.finding import Finding
from scheduling.sources.known import learned_from


def by_log(model: RegisteredModel) -> Finding:
    """Compare what was asked, and what was told, with the rows that the newest version learned from.

    With fewer logged rows than the checks want there is no answer. Importances are those of the last judged
    run; without one each feature counts as important.
    """
    signature = Signature.objects.newest_of(model)
    reference = reference_of(model)
    asking = [one.check for one in checks_in_force(model) if isinstance(one.check, FeatureDrift | LabelDrift)]
    if signature is None or reference is None or not asking:
        return Finding(sentence="There is nothing to compare the log with.")
    least, most = min(c.least_logged_rows for c in asking), max(c.most_logged_rows for c in asking)
    log, spec = recent_log(signature, least=least, most=most), signature.spec()
    if log.asked.empty and log.told.empty:
        return Finding(sentence=f"The log has fewer than {least} rows.")
    try:
        frame = read_frame(reference, spec)
    except (ArtefactMissing, ArtefactCorrupt, DatasetInvalid) as error:
        return Finding(sentence=f"{reference} cannot be read: {error}")
    if len(frame) > MOST_REFERENCE_ROWS:
        frame = frame.iloc[drawn_reference(len(frame))].reset_index(drop=True)
    sample = Sample(name=TRAINING_SET, frame=frame)
    samples = Samples(
        reference=sample, evaluation=sample, log=log, importance=importance_of(model, spec.names)
    )
    evidence: Any = SimpleNamespace(spec=spec, samples=samples, redacted=frozenset(model.redacted_features))
    for check in asking:
        if _is_answered_by_log(check, samples):
            outcome = check.run(evidence)
            if outcome.level is Level.FAIL:
                return Finding(sentence=f"The log shows drift ({check.id}): {outcome.message}", fires=True)
    return Finding(sentence="The log shows no drift.")


def reference_of(model: RegisteredModel) -> Dataset | None:
    """Return what the newest version learned from; not the live one, nor a set that people chose.

    To retrain again for the same drift would cure nothing.
    """
    rows = Dataset.objects.filter(registered_model=model, role=Dataset.Role.TRAINING)
    return learned_from(rows).order_by("-pk").first()


def importance_of(model: RegisteredModel, names: tuple[str, ...]) -> dict[str, float]:
    """Return the importance of each feature for the answers, by the last run that measured it."""
    measured = CheckResult.objects.filter(run__registered_model=model, check_id=FeatureDrift.id)
    last = measured.exclude(details={}).order_by("-run_id").first()
    columns = last.details.get("columns", []) if last else []
    known = {column["name"]: column["importance"] for column in columns}
    return {name: known.get(name, 0.0) if known else 1.0 for name in names}


def _is_answered_by_log(check: Check, samples: Samples) -> bool:
    assert isinstance(check, Drift)
    most = check.most_logged_rows
    return check.is_enough(samples.logged(most) if check.id == FeatureDrift.id else samples.labelled(most))
