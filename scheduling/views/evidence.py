"""`GET /api/runs/{id}/evidence` and `…/evidence.html`: everything that a run's verdict rests on."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from scheduling.evidence_page.page import EvidencePage, as_file, evidence_page
from scheduling.models import Run
from scheduling.views.runs import VisibleRuns
from scheduling.views.serializers import EvidenceSerializer


class EvidencedRuns(VisibleRuns):
    """The base of both."""

    queryset = Run.objects.prefetch_related("results")
    related = (
        *VisibleRuns.related, "approval_request__answer", "evidence_file", "evaluation_dataset",
        "candidate__training_dataset", "champion__training_dataset",
    )  # fmt: skip

    def page(self, request: Request) -> EvidencePage:
        """What this caller may see of the run."""
        return evidence_page(self.get_object(), reader=request.user)


class RunEvidence(EvidencedRuns):
    """For programs."""

    @extend_schema(operation_id="get_evidence", tags=["runs"], responses=EvidenceSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show what was compared, what each check found, and the figures behind every picture."""
        return Response(EvidenceSerializer(self.page(request), context={"request": request}).data)


class RunEvidenceFile(EvidencedRuns):
    """For people, to keep and to send."""

    @extend_schema(
        operation_id="get_evidence_file", tags=["runs"], responses={(200, "text/html"): OpenApiTypes.STR}
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return the evidence page as one HTML file. It loads no other file and runs no script."""
        return file_response(self.page(request))


def file_response(page: EvidencePage) -> HttpResponse:
    """The file, named after its model and run."""
    name = f"{page.run.registered_model.name}-run-{page.run.pk}.html"
    return HttpResponse(as_file(page), headers={"Content-Disposition": f'inline; filename="{name}"'})
