"""The errors of runs and approvals as HTTP answers; all others are the registry's."""

from rest_framework import status

from scheduling.approvals.approvals import ApprovalLapsed, NotAwaitingApproval
from scheduling.approvals.approvers import ApproverMustDiffer
from scheduling.approvals.past_approval import AwaitsApproval
from scheduling.models.run import KeyReused
from scheduling.registering.standing import NameTaken, NotRegisteredYet
from scheduling.registering.waiting import RunFailed
from scheduling.runs.parcels import DiskFull, FileTooLarge, MediaUnusable
from scheduling.runs.transitions import RunEnded

STATUS_AND_CODE: dict[type[Exception], tuple[int, str]] = {
    KeyReused: (status.HTTP_409_CONFLICT, "idempotency_key_reused"),
    NameTaken: (status.HTTP_409_CONFLICT, "name_taken"),
    NotRegisteredYet: (status.HTTP_409_CONFLICT, "not_registered_yet"),
    RunFailed: (status.HTTP_409_CONFLICT, "run_failed"),
    FileTooLarge: (status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "body_too_large"),
    DiskFull: (status.HTTP_507_INSUFFICIENT_STORAGE, "disk_full"),
    MediaUnusable: (status.HTTP_507_INSUFFICIENT_STORAGE, "media_unusable"),
    RunEnded: (status.HTTP_409_CONFLICT, "run_ended"),
    NotAwaitingApproval: (status.HTTP_409_CONFLICT, "not_awaiting_approval"),
    AwaitsApproval: (status.HTTP_409_CONFLICT, "awaits_approval"),
    ApprovalLapsed: (status.HTTP_409_CONFLICT, "approval_lapsed"),
    ApproverMustDiffer: (status.HTTP_403_FORBIDDEN, "approver_must_differ"),
}
