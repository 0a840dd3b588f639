"""`POST /api/runs/{id}/approve` and `…/refuse`: a person's answer to a run that awaits one."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from scheduling.approvals.approvals import approve, refuse
from scheduling.approvals.approvers import may_approve
from scheduling.models import Run
from scheduling.views.runs import VisibleRuns
from scheduling.views.serializers import ReasonSerializer, RunDetailSerializer

ANSWERS = {
    200: RunDetailSerializer,
    403: OpenApiResponse(description="Not the permission, or another person has to approve."),
    409: OpenApiResponse(description="It does not await approval, or what it compared has changed."),
}


class AnswerableRun(VisibleRuns):
    """The base of both: who may, and why."""

    permission_classes = [IsAuthenticated]

    def asked(self, request: Request) -> tuple[Run, str]:
        """Return the run and the reason. Raises `PermissionDenied`."""
        run = self.get_object()
        if not may_approve(request.user, run.registered_model):
            raise PermissionDenied
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return run, body.validated_data["reason"]

    def shown(self) -> Response:
        """The run as it is now."""
        return Response(RunDetailSerializer(self.get_object(), context={"request": self.request}).data)


class RunApprove(AnswerableRun):
    """Letting a candidate go live."""

    @extend_schema(operation_id="approve_run", tags=["runs"], request=ReasonSerializer, responses=ANSWERS)
    def post(self, request: Request, pk: int) -> Response:
        """Make the candidate live, where champion and evaluation data are still those it was judged by."""
        run, reason = self.asked(request)
        approve(run, user=request.user, reason=reason)
        return self.shown()


class RunRefuse(AnswerableRun):
    """Leaving the champion live."""

    @extend_schema(operation_id="refuse_run", tags=["runs"], request=ReasonSerializer, responses=ANSWERS)
    def post(self, request: Request, pk: int) -> Response:
        """Refuse the candidate."""
        run, reason = self.asked(request)
        refuse(run, user=request.user, reason=reason)
        return self.shown()
