"""`GET /api/runs/{id}/evidence` and `…/evidence.html`: everything that a run's verdict rests on."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from scheduling.evidence_page.page import EvidencePage, as_file, evidence_page
from scheduling.models import Run
from scheduling.views.runs import VisibleRuns
from scheduling.views.serializers import EvidenceSerializer


class RunEvidence(ViewSetMixin, VisibleRuns):
    """The evidence page: `figures` for programs, `file` for people, to store and to send."""

    queryset = Run.objects.prefetch_related("results")
    related = (
        *VisibleRuns.related, "approval_request__answer", "evidence_file", "evaluation_dataset",
        "candidate__training_dataset", "champion__training_dataset",
    )  # fmt: skip

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


def file_response(page: EvidencePage) -> HttpResponse:
    """The file, named after its model and run."""
    name = f"{page.run.registered_model.name}-run-{page.run.pk}.html"
    return HttpResponse(as_file(page), headers={"Content-Disposition": f'inline; filename="{name}"'})
