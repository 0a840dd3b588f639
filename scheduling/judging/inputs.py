"""What a judgement is made of: versions, data and rules. Today's are taken here; a record's in `replay`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from predictions.models import Dataset, ModelVersion, Promotion, Signature
from scheduling.checks import CHECKS
from scheduling.checks.base import Check, UnknownLimit
from scheduling.checks.drift import Drift
from scheduling.judging.evaluation_reuse import hold_out_of
from scheduling.judging.gate import Ask
from scheduling.judging.log_window import Log, nothing_logged, recent_log
from scheduling.judging.redaction import kept_conditions
from scheduling.models import CheckLimit, GatePolicy, Look, Run, Slice
from scheduling.rehearsal import Rehearsal, RehearsalFailed
from scheduling.training.training import current_dataset


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything that the decision depends on: the same case is decided alike, whenever."""

    candidate: ModelVersion
    champion: ModelVersion | None
    replacing: Promotion | None  # the row of the ledger by which the champion is live
    evaluation: Dataset
    training: Dataset  # what the candidate was trained on
    reference: Dataset | None  # what drift is looked for against, where people chose one
    log: Log  # the newest rows of the prediction log, as many as the checks look at
    policy: dict[str, Any]  # of `GatePolicy.as_dict`
    checks: list[tuple[Check, bool]]  # those in force, and whether a failure blocks
    slices: dict[str, str]  # that people named: name -> condition
    looks: int  # that were counted at the evaluation set before
    redacted: frozenset[str]  # features of which nobody is told a value
    rehearsed: Rehearsal | RehearsalFailed | None = None  # None: that is still to be done

    @property
    def ask(self) -> Ask:
        """What the gate is told of it."""
        return Ask(
            required=tuple(check.id for check, _ in self.checks),
            promote_when=self.policy["promote_when"],
            approval=self.policy["approval"],
        )

    @property
    def provenance(self) -> dict[str, Any]:
        """What the case can be put together from again; candidate, champion and evaluation are the run's."""
        features = self.candidate.signature.spec().features
        return {
            "artefact_sha256": self.candidate.artefact_sha256,
            "served_form_sha256": self.candidate.served_form_sha256,
            "champion_artefact_sha256": self.champion and self.champion.artefact_sha256,
            "champion_served_form_sha256": self.champion and self.champion.served_form_sha256,
            "champion_promotion": self.replacing and self.replacing.sequence,
            "evaluation_sha256": self.evaluation.sha256,
            "training_dataset": self.training.pk,
            "training_sha256": self.training.sha256,
            "reference_dataset": self.reference and self.reference.pk,
            "reference_sha256": self.reference and self.reference.sha256,
            "log": self.log.windows,
            "looks": self.looks,
            "redacted": sorted(self.redacted),
            "slices": kept_conditions(self.slices, features, redacted=self.redacted),
            "policy": self.policy,
            "limits": {check.id: check.limits for check, _ in self.checks},
            "blocking": {check.id: blocking for check, blocking in self.checks},
            "misfits": {check.id: check.misfit for check, _ in self.checks if check.misfit},
        }


def case_of_today(run: Run, candidate: ModelVersion) -> Case:
    """Return the case as it is at this moment.

    Raises `DatasetAbsent`, and whatever reading the evaluation set raises.
    """
    model = run.registered_model
    live = model.live_promotion()
    evaluation = current_dataset(model, Dataset.Role.EVALUATION)
    checks = checks_in_force(run)
    hold_out_of(evaluation, candidate.signature.spec())  # before its looks are counted
    return Case(
        candidate=candidate,
        champion=live.version if live else None,
        replacing=live,
        evaluation=evaluation,
        training=candidate.training_dataset or current_dataset(model, Dataset.Role.TRAINING),
        reference=Dataset.objects.current(model, Dataset.Role.REFERENCE),
        log=_log_for(checks, candidate.signature),
        policy=GatePolicy.objects.of(model).as_dict(),
        checks=checks,
        slices=dict(Slice.objects.filter(registered_model=model).values_list("name", "condition")),
        looks=Look.objects.spent(evaluation),
        redacted=frozenset(model.redacted_features),
    )


def _log_for(checks: list[tuple[Check, bool]], signature: Signature) -> Log:
    """As many rows as the checks of drift look at."""
    asking = [check for check, _ in checks if isinstance(check, Drift)]
    if not asking:
        return nothing_logged(signature)
    return recent_log(
        signature,
        least=min(check.least_logged_rows for check in asking),
        most=max(check.most_logged_rows for check in asking),
    )


def checks_in_force(run: Run) -> list[tuple[Check, bool]]:
    """Return each enabled check with this model's limits, and whether its failure blocks."""
    overrides = {
        override.check_id: override
        for override in CheckLimit.objects.filter(registered_model=run.registered_model)
    }
    in_force = []
    for check in CHECKS:
        override = overrides.get(check.id)
        if override is None:
            in_force.append((check, True))
        elif override.enabled:
            in_force.append((_with_override(check, override), override.blocking))
    return in_force


def _with_override(check: Check, override: CheckLimit) -> Check:
    """The check with this model's limits; one that says where to mend them where they do not fit any more."""
    try:
        return check.with_limits(override.limits)
    except UnknownLimit as error:
        page = reverse("admin:scheduling_checklimit_change", args=[override.pk])
        return check.unfit(f"{error}. Save its limits again under Checks and limits of the model: {page}")
