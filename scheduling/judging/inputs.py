"""What a judgement depends on: versions, data and rules. Today's are read here; a record's in `replay`."""

import platform
from dataclasses import dataclass
from importlib.metadata import version

from predictions.models import Dataset, ModelVersion, Promotion, RegisteredModel
from predictions.models.promotion import live_promotion
from predictions.paths import admin_path
from predictions.registry.compiling import library_versions
from scheduling.checks import CHECKS
from scheduling.checks.base import Check, InForce, UnknownLimit
from scheduling.checks.drift.base import Drift
from scheduling.evidence.provenance import Policy, Provenance
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed
from scheduling.evidence.samples import Log
from scheduling.judging.log_window import nothing_logged, recent_log
from scheduling.models import CheckLimit, GatePolicy, Look, Run, Slice
from scheduling.models.checks import blocking_by_default
from scheduling.slices.conditions import kept_conditions
from scheduling.training.training import current_dataset

OF_THE_CHECKS = ("scipy", "pandas", "joblib", "skops")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything that the decision depends on: the same inputs give the same decision at any time."""

    candidate: ModelVersion
    champion: ModelVersion | None
    replacing: Promotion | None  # the row of the ledger by which the champion is live
    evaluation: Dataset
    training: Dataset  # what the candidate was trained on
    reference: Dataset | None  # what recent data are compared with, where people chose a set
    log: Log  # the newest rows of the prediction log, as many as the checks need
    policy: Policy
    checks: tuple[InForce, ...]
    slices: dict[str, str]  # that people named: name -> condition
    looks: int  # that were counted at the evaluation set before
    redacted: frozenset[str]  # features whose values nobody may see
    rehearsed: Rehearsal | RehearsalFailed | None = None  # None: still to be done

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(one.check.id for one in self.checks)

    def provenance(self, *, seed: int) -> Provenance:
        """Return what they can be rebuilt from; candidate, champion and evaluation set are the run's."""
        libraries, machine = library_and_machine()
        champion, reference = self.champion, self.reference
        features = self.candidate.signature.spec().features
        return Provenance(
            seed=seed,
            artefact_sha256=self.candidate.artefact_sha256,
            served_form_sha256=self.candidate.served_form_sha256,
            champion_artefact_sha256=champion.artefact_sha256 if champion else None,
            champion_served_form_sha256=champion.served_form_sha256 if champion else None,
            champion_promotion=self.replacing.sequence if self.replacing else None,
            evaluation_sha256=self.evaluation.sha256,
            training_dataset=self.training.pk,
            training_sha256=self.training.sha256,
            reference_dataset=reference.pk if reference else None,
            reference_sha256=reference.sha256 if reference else None,
            log=self.log.windows,
            looks=self.looks,
            redacted=sorted(self.redacted),
            slices=kept_conditions(self.slices, features, redacted=self.redacted),
            policy=self.policy,
            limits={one.check.id: one.check.limits for one in self.checks},
            blocking={one.check.id: one.blocking for one in self.checks},
            misfits={one.check.id: one.misfit for one in self.checks if one.misfit},
            libraries=libraries,
            machine=machine,
        )


def inputs_of_today(run: Run, candidate: ModelVersion, evaluation: Dataset) -> Inputs:
    """Return the inputs as they are at this moment. Reads only. Raises `NotPrepared`."""
    model = run.registered_model
    live, checks = live_promotion(model), checks_in_force(model)
    log, asking = nothing_logged(candidate.signature), [c.check for c in checks if isinstance(c.check, Drift)]
    if asking:
        least = min(check.least_logged_rows for check in asking)
        log = recent_log(candidate.signature, least=least, most=max(c.most_logged_rows for c in asking))
    return Inputs(
        candidate=candidate,
        champion=live.version if live else None,
        replacing=live,
        evaluation=evaluation,
        training=candidate.training_dataset or current_dataset(model, Dataset.Role.TRAINING),
        reference=Dataset.objects.current(model, Dataset.Role.REFERENCE),
        log=log,
        policy=GatePolicy.objects.of(model).for_the_gate,
        checks=checks,
        slices=dict(Slice.objects.filter(registered_model=model).values_list("name", "condition")),
        looks=Look.objects.spent(evaluation),
        redacted=frozenset(model.redacted_features),
    )


def checks_in_force(model: RegisteredModel) -> tuple[InForce, ...]:
    """Return each enabled check with this model's limits, and whether its failure blocks."""
    overrides = {one.check_id: one for one in CheckLimit.objects.filter(registered_model=model)}
    blocking = blocking_by_default(model)
    return tuple(
        _in_force(check, overrides.get(check.id), blocking=check.id in blocking)
        for check in CHECKS
        if check.id not in overrides or overrides[check.id].enabled
    )


def _in_force(check: Check, override: CheckLimit | None, *, blocking: bool) -> InForce:
    """With the override's limits; where these are invalid, a misfit that says where to correct them."""
    if override is None:
        return InForce(check=check, blocking=blocking)
    blocking = blocking if override.blocking is None else override.blocking
    try:
        return InForce(check=check.with_limits(override.limits), blocking=blocking)
    except UnknownLimit as error:
        page = admin_path("scheduling_checklimit_change", override.pk)
        why = f"{str(error).rstrip('.')}. Save its limits again under Limits of the model: {page}"
        return InForce(check=check, blocking=blocking, misfit=why)


def library_and_machine() -> tuple[dict[str, str], str]:
    """Return the versions and the kind of machine, as they are stored with a run."""
    libraries = library_versions() | {name: version(name) for name in OF_THE_CHECKS}
    return libraries | {"python": platform.python_version()}, platform.machine()


def changes_since(recorded: Provenance) -> list[str]:
    """Return a clause for each library, and the machine, that is not the same now."""
    libraries, machine = library_and_machine()
    pairs = [(name, old, libraries.get(name)) for name, old in sorted(recorded.libraries.items())]
    pairs.append(("the machine", recorded.machine, machine))
    return [f"{name} was {old} and is {new or 'not installed'} now" for name, old, new in pairs if old != new]
