"""`POST /api/runs/{id}/approve` and `…/refuse`: a person's answer to a run that is waiting for approval."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from scheduling.approvals.approvals import approve, refuse
from scheduling.approvals.approvers import may_approve
from scheduling.views.runs import VisibleRuns
from scheduling.views.serializers import ReasonSerializer, RunDetailSerializer

ANSWERS = {
    200: RunDetailSerializer,
    403: OpenApiResponse(description="You lack the permission, or another person has to approve."),
    409: OpenApiResponse(description="The run is not waiting for approval, or what it compared has changed."),
}


class RunAnswers(ViewSetMixin, VisibleRuns):
    """The two answers: `approve` lets the candidate go live, `refuse` leaves the champion live."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="approve_run", tags=["runs"], request=ReasonSerializer, responses=ANSWERS)
    def approve(self, request: Request, pk: int) -> Response:
        """Promote the candidate, unless the champion or the evaluation data has changed since the run."""
        return self._give(request, approve)

    @extend_schema(operation_id="refuse_run", tags=["runs"], request=ReasonSerializer, responses=ANSWERS)
    def refuse(self, request: Request, pk: int) -> Response:
        """Refuse the candidate. The champion stays live."""
        return self._give(request, refuse)

    def _give(self, request: Request, answer: Callable[..., Any]) -> Response:
        """Give the answer and return the run as it is then. Raises `PermissionDenied`."""
        run = self.get_object()
        if not may_approve(request.user, run.registered_model):
            raise PermissionDenied
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer(run, user=request.user, reason=body.validated_data["reason"])
        return Response(RunDetailSerializer(self.get_object(), context={"request": request}).data)
