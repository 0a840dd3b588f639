"""Promoting and rolling back: the only place that writes to the ledger, and only with an `Approval`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.dispatch import Signal

from predictions import database
from predictions.models import ModelVersion, Promotion, RegisteredModel

log = logging.getLogger("predictions.registry.promotion")
about_to_promote = Signal()  # by a person, who answers no run; a receiver that raises refuses it


class LiveVersionChanged(Exception):
    """Another version went live since the caller looked; nothing was changed."""


class AlreadyLive(Exception):
    """The version to promote is the live one."""


class ModelHeld(Exception):
    """A person holds the model: the gate may not promote."""


class VersionRetired(Exception):
    """The version's files were removed."""


class NothingToRollBackTo(Exception):
    """The live version has no predecessor."""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Who lets a version go live, and why. Made by a person, by the gate, or at set-up."""

    by: str
    reason: str
    user: Any = None
    automatic: bool = False

    def __post_init__(self) -> None:
        if not (self.by.strip() and self.reason.strip()):
            raise ValueError("An approval must say who approves and why.")

    @classmethod
    def by_person(cls, user: Any, *, reason: str) -> Approval:
        """A person decided: it is valid although the model is held."""
        return cls(by=user.get_username(), user=user, reason=reason)

    @classmethod
    def by_gate(cls, *, by: str, reason: str) -> Approval:
        """A run's checks decided; refused while a person holds the model."""
        return cls(by=by, reason=reason, automatic=True)


def promote_by_hand(
    *, version: ModelVersion, replacing: Promotion | None, user: Any, reason: str
) -> Promotion:
    """Promote because a person says so. Raises as `promote`, and what a receiver of the signal raises."""
    about_to_promote.send(sender=ModelVersion, version=version, user=user)
    return promote(version=version, replacing=replacing, approval=Approval.by_person(user, reason=reason))


def promote(*, version: ModelVersion, replacing: Promotion | None, approval: Approval) -> Promotion:
    """Make `version` live in place of the version of `replacing` (None: nothing was live).

    Raises `LiveVersionChanged` if `replacing` is no longer the newest row, `AlreadyLive`,
    `VersionRetired`, or `ModelHeld` if the approval is the gate's. Then the ledger is as it was.
    """
    if not isinstance(approval, Approval):
        raise TypeError("promote() takes an Approval: from a run's decision or from a person")
    model = version.registered_model
    _refuse_other_model(model, replacing)
    if replacing is not None and replacing.version_id == version.pk:
        raise AlreadyLive(f"{version} is live already.")
    with database.atomic():
        # Locked, as prune may look at it now. A key lock would keep out rows that refer to the version, and
        # two promotions would deadlock.
        kept = ModelVersion.objects.select_for_update(no_key=True).filter(pk=version.pk, retired_at=None)
        if kept.first() is None:
            raise VersionRetired(f"{version} was retired: its files were removed. Train it again.")
        if approval.automatic:
            model.refresh_from_db(fields=["held_by", "held_reason", "held_at"])
            if model.is_held:
                raise ModelHeld(
                    f"automatic promotion is paused by {model.held_by}: {model.held_reason.rstrip('. ')}"
                )
        return _insert(version=version, replacing=replacing, approval=approval, kind=Promotion.Kind.PROMOTE)


def roll_back(
    *, registered_model: RegisteredModel, replacing: Promotion | None, approval: Approval
) -> Promotion:
    """Make the version before the live one live again, and hold the model.

    Without the hold the next scheduled retrain would undo it. Rolling back twice goes two versions
    back. Raises `NothingToRollBackTo` or `LiveVersionChanged`.
    """
    if replacing is None:
        raise NothingToRollBackTo(f"{registered_model} has no live version that could be rolled back.")
    _refuse_other_model(registered_model, replacing)
    with database.atomic():
        beneath = row_beneath(replacing)
        promotion = _insert(
            version=beneath.version, replacing=replacing, approval=approval,
            kind=Promotion.Kind.ROLL_BACK, restores=beneath.sequence,
        )  # fmt: skip
        registered_model.hold(by=approval.by, user=approval.user, reason=f"rolled back: {approval.reason}")
    return promotion


def row_beneath(promotion: Promotion) -> Promotion:
    """Return the row that a rollback restores, the next on the undo stack. Raises `NothingToRollBackTo`."""
    ledger = Promotion.objects.filter(registered_model=promotion.registered_model_id)
    while promotion.restores is not None:
        promotion = ledger.get(sequence=promotion.restores)
    beneath = ledger.filter(sequence=promotion.sequence - 1).select_related("version__signature").first()
    if beneath is None:
        raise NothingToRollBackTo(f"{promotion.version} was the first to be live: there is none before it.")
    return beneath


def version_before(live: Promotion | None) -> ModelVersion | None:
    """Return the version that a rollback would make live again; None where it would be refused."""
    try:
        return row_beneath(live).version if live else None
    except NothingToRollBackTo:
        return None


def _refuse_other_model(registered_model: RegisteredModel, replacing: Promotion | None) -> None:
    if replacing is not None and replacing.registered_model_id != registered_model.pk:
        raise LiveVersionChanged(f"{replacing} is not a row of the ledger of {registered_model}.")


def _insert(
    *, version: ModelVersion, replacing: Promotion | None, approval: Approval, **columns: Any
) -> Promotion:
    """Insert the next sequence; losing the unique constraint is losing the race."""
    model = version.registered_model
    row = Promotion(
        registered_model=model, sequence=replacing.sequence + 1 if replacing else 1, version=version,
        replaced_version=replacing.version if replacing else None,
        by=approval.by, user=approval.user, reason=approval.reason, **columns,
    )  # fmt: skip
    try:
        with database.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if not Promotion.objects.filter(registered_model=model, sequence=row.sequence).exists():
            raise
        log.warning("model=%s version=%s: not promoted, another was first", model, version.label)
        raise LiveVersionChanged(f"The live version of {model} is not the one that was compared.") from error
    log.info("model=%s version=%s: %s #%s by %s", model, version.label, row.kind, row.sequence, row.by)
    return row
