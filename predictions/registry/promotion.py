"""The flip: the only place that writes to the ledger, and the value without which it refuses."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from predictions.models import ModelVersion, Promotion, RegisteredModel

log = logging.getLogger("predictions.registry.promotion")


class LiveVersionChanged(Exception):
    """Somebody else flipped the model since it was looked at: nothing was changed."""


class AlreadyLive(Exception):
    """The version to promote is the live one."""


class ModelHeld(Exception):
    """A person holds the model: the gate may not flip it."""


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
            raise ValueError("An approval says who approves and why.")

    @classmethod
    def by_person(cls, user: Any, *, reason: str) -> Approval:
        """A person decided; holds do not stop a person."""
        return cls(by=user.get_username(), user=user, reason=reason)

    @classmethod
    def by_gate(cls, *, by: str, reason: str) -> Approval:
        """A run's checks decided; refused while a person holds the model."""
        return cls(by=by, reason=reason, automatic=True)


def promote(*, version: ModelVersion, replacing: Promotion | None, approval: Approval) -> Promotion:
    """Make `version` live in place of the version of `replacing` (None: nothing was live).

    Raises `LiveVersionChanged` if `replacing` is no longer the newest row, `AlreadyLive`,
    `VersionRetired`, or `ModelHeld` where the approval is the gate's. Then the ledger is as it was.
    """
    if not isinstance(approval, Approval):
        raise TypeError("promote() takes an Approval: from the gate or from a person")
    _refuse_other_model(version.registered_model, replacing)
    if replacing is not None and replacing.version_id == version.pk:
        raise AlreadyLive(f"{version} is live already.")
    with transaction.atomic():
        _refuse_if_retired(version)
        _refuse_if_held(version.registered_model, approval)
        return _insert(version=version, replacing=replacing, approval=approval, kind=Promotion.Kind.PROMOTE)


def roll_back(
    *, registered_model: RegisteredModel, replacing: Promotion | None, approval: Approval
) -> Promotion:
    """Make the version before the live one live again, and hold the model.

    Without the hold the next scheduled retrain would undo it. Rolling back twice goes two versions
    back. Raises `NothingToRollBackTo` or `LiveVersionChanged`.
    """
    if replacing is None:
        raise NothingToRollBackTo(f"{registered_model} has no live version.")
    _refuse_other_model(registered_model, replacing)
    with transaction.atomic():
        beneath = row_beneath(replacing)
        promotion = _insert(
            version=beneath.version,
            replacing=replacing,
            approval=approval,
            kind=Promotion.Kind.ROLL_BACK,
            restores=beneath.sequence,
        )
        registered_model.hold(by=approval.by, reason=f"rolled back: {approval.reason}")
    return promotion


def row_beneath(promotion: Promotion) -> Promotion:
    """Return the row that a roll back of `promotion` restores: the next one on the undo stack.

    A roll back stands where the row stands that it restored. Raises `NothingToRollBackTo`.
    """
    ledger = Promotion.objects.filter(registered_model=promotion.registered_model_id)
    while promotion.restores is not None:
        promotion = ledger.get(sequence=promotion.restores)
    beneath = ledger.filter(sequence=promotion.sequence - 1).select_related("version").first()
    if beneath is None:
        raise NothingToRollBackTo(f"{promotion.version} is the first version that was live.")
    return beneath


def _refuse_other_model(registered_model: RegisteredModel, replacing: Promotion | None) -> None:
    if replacing is not None and replacing.registered_model_id != registered_model.pk:
        raise LiveVersionChanged(f"{replacing} is no row of the ledger of {registered_model}.")


def _refuse_if_retired(version: ModelVersion) -> None:
    """Ask the row, and keep it: prune may be looking at it at this moment.

    No key lock: that would keep out rows which refer to the version, and two flips would deadlock.
    """
    kept = ModelVersion.objects.select_for_update(no_key=True).filter(pk=version.pk, retired_at=None)
    if kept.first() is None:
        raise VersionRetired(f"{version} was retired: its files are gone. Train it again.")


def _refuse_if_held(registered_model: RegisteredModel, approval: Approval) -> None:
    if approval.automatic:
        registered_model.refresh_from_db(fields=["held_by", "held_reason", "held_at"])
        if registered_model.is_held:
            raise ModelHeld(f"held by {registered_model.held_by}: {registered_model.held_reason}")


def _insert(
    *, version: ModelVersion, replacing: Promotion | None, approval: Approval, **columns: Any
) -> Promotion:
    """Insert the next sequence; losing the unique constraint is losing the race."""
    row = Promotion(
        registered_model=version.registered_model,
        sequence=replacing.sequence + 1 if replacing else 1,
        version=version,
        replaced_version=replacing.version if replacing else None,
        by=approval.by,
        user=approval.user,
        reason=approval.reason,
        **columns,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if not _is_taken(row):
            raise
        log.warning(
            "model=%s version=%s: flip by %s lost the race", row.registered_model, version.label, row.by
        )
        raise LiveVersionChanged(
            f"The live version of {row.registered_model} is no longer the one that was compared."
        ) from error
    log.info(
        "model=%s version=%s: %s #%s by %s",
        row.registered_model,
        version.label,
        row.kind,
        row.sequence,
        row.by,
    )
    return row


def _is_taken(row: Promotion) -> bool:
    return Promotion.objects.filter(registered_model=row.registered_model, sequence=row.sequence).exists()
