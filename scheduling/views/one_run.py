"""`/api/runs/{id}/…`: cancel a run, approve or refuse its candidate, and all that its verdict rests on."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import require
from predictions.api.openapi import extend_schema
from predictions.models.people.access import May
from scheduling.approvals.approvals import approve, refuse
from scheduling.evidence_page.page import EvidencePage, as_file, evidence_page
from scheduling.models import Run
from scheduling.runs.transitions import cancel_run
from scheduling.views.runs import VisibleRuns
from scheduling.views.serializers.approvals import ReasonSerializer
from scheduling.views.serializers.runs import (
    EvidenceSerializer,
    RunDetailSerializer,
    RunSerializer,
    TrainingOutputSerializer,
)

ANSWERS = {
    200: RunDetailSerializer,
    403: OpenApiResponse(description="You lack the permission, or another person has to approve."),
    409: OpenApiResponse(description="The run is not waiting for approval, or what it compared has changed."),
}


class RunDecisions(VisibleRuns):
    """What a person decides: to cancel the run, to `approve` (the candidate goes live) or to `refuse`."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="cancel_run", tags=["runs"], request=None,
        responses={200: RunSerializer, 409: OpenApiResponse(description="The run has already finished.")},
    )  # fmt: skip
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel a run. Its processes stop within seconds."""
        run = self.get_object()
        require(request.user, May.CANCEL_RUN, run.registered_model)
        cancel_run(run, by=request.user.get_username())
        run.refresh_from_db()
        return Response(RunSerializer(run).data)

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
        require(request.user, May.APPROVE, run.registered_model)
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer(run, user=request.user, reason=body.validated_data["reason"])
        return Response(RunDetailSerializer(self.get_object(), context={"request": request}).data)


class OneRun(VisibleRuns):
    """A run, and its evidence page: `figures` for programs, `file` for people, to store and to send."""

    queryset = Run.objects.prefetch_related("results")
    related = (
        *VisibleRuns.related, "approval_request__answer", "evidence_file", "evaluation_dataset",
        "candidate__training_dataset", "champion__training_dataset",
    )  # fmt: skip

    @extend_schema(operation_id="get_run", tags=["runs"], responses=RunDetailSerializer)
    def run(self, request: Request, pk: int) -> Response:
        """Show one run with the results of its checks so far."""
        return Response(RunDetailSerializer(self.get_object(), context={"request": request}).data)

    @extend_schema(operation_id="get_evidence", tags=["runs"], responses=EvidenceSerializer)
    def figures(self, request: Request, pk: int) -> Response:
        """Show what was compared, what each check found, and the figures behind every picture."""
        page = evidence_page(self.get_object(), reader=request.user)
        return Response(EvidenceSerializer(page, context={"request": request}).data)

    @extend_schema(
        operation_id="get_evidence_file", tags=["runs"], responses={(200, "text/html"): OpenApiTypes.STR}
    )
    def file(self, request: Request, pk: int) -> HttpResponse:
        """Return the evidence page as one HTML file. It loads no other file and runs no script."""
        return file_response(evidence_page(self.get_object(), reader=request.user))


class RunOutput(VisibleRuns):
    """What a run's training code printed and logged, for those who may read values."""

    permission_classes = [IsAuthenticated]
    related = (*VisibleRuns.related, "training_output")

    @extend_schema(operation_id="get_run_output", tags=["runs"], responses=TrainingOutputSerializer)
    def output(self, request: Request, pk: int) -> Response:
        """Show what training code of your own printed, so far. It needs `predictions.view_prediction`."""
        run = self.get_object()
        require(request.user, May.READ_LOG, run.registered_model)
        output = getattr(run, "training_output", None)
        if output is None:
            raise NotFound("This run has printed nothing.")
        return Response(TrainingOutputSerializer(output).data)


def file_response(page: EvidencePage) -> HttpResponse:
    """The file, named after its model and run."""
    name = f"{page.run.registered_model.name}-run-{page.run.pk}.html"
    return HttpResponse(as_file(page), headers={"Content-Disposition": f'inline; filename="{name}"'})
