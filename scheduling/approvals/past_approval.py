"""No way past an approval: a version that waits for one goes live by the answer, or not at all."""

from functools import partial
from typing import Any

from predictions import database
from predictions.models import ModelVersion, Promotion
from scheduling.approvals.approvals import lapse_outdated, why_outdated
from scheduling.models import ApprovalRequest


class AwaitsApproval(Exception):
    """The version to promote waits for a person's answer to its run."""


def refuse_past_approval(version: ModelVersion, **kwargs: Any) -> None:
    """Receive `about_to_promote`. Who started a run must not put its candidate live by another door."""
    waiting = ApprovalRequest.objects.open(version.registered_model).filter(run__candidate=version)
    for request in waiting:
        if not why_outdated(request):
            raise AwaitsApproval(
                f"{version} waits for an answer to run {request.run_id}: approve or refuse it on the page of "
                "that run. Whoever started the run cannot approve it."
            )


def lapse_after(instance: Promotion, *, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Receive the ledger's `post_save`: runs that were compared with another version lapse."""
    if created and not raw:
        database.after_commit(partial(lapse_outdated, instance.registered_model))
