"""No way past an approval: a version that waits for one goes live by the answer, or not at all."""

from functools import partial
from typing import Any

from predictions import database
from predictions.models import ModelVersion, Promotion, RegisteredModel
from scheduling.approvals.approvals import lapse_outdated, still_open
from scheduling.approvals.approvers import ApproverMustDiffer, why_not_own


class AwaitsApproval(Exception):
    """The version to promote waits for a person's answer to its run."""


def awaited(registered_model: RegisteredModel) -> dict[int | None, int]:
    """Return the run whose answer each version waits for, by the version's id; of several the newest."""
    return {run.candidate_id: run.pk for run in still_open(registered_model)[::-1]}


def refuse_past_approval(version: ModelVersion, user: Any, **kwargs: Any) -> None:
    """Receive `about_to_promote`. Who started a run must not put its candidate live by another door.

    Raises `AwaitsApproval` or `ApproverMustDiffer`.
    """
    if why_not := why_not_own(version, user):
        raise ApproverMustDiffer(why_not)
    if run := awaited(version.registered_model).get(version.pk):
        raise AwaitsApproval(
            f"{version} waits for an answer to run {run}: approve or refuse it on the page of "
            "that run. Whoever started the run cannot approve it."
        )


def lapse_after(instance: Promotion, *, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Receive the ledger's `post_save`: runs that were compared with another version lapse."""
    if created and not raw:
        database.after_commit(partial(lapse_outdated, instance.registered_model))
