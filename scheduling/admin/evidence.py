"""The evidence page of a run, in the admin: the same page as the file, with the session's permissions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path

from scheduling.evidence_page.page import EvidencePage, evidence_page
from scheduling.models import Run
from scheduling.views.evidence import file_response


class EvidencePages(admin.ModelAdmin):
    """Two pages more for each run."""

    def get_urls(self) -> list[Any]:
        """With the two pages."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/evidence/", wrap(self.evidence_view), name="run-evidence"),
            path("<int:pk>/evidence.html", wrap(self.evidence_file_view), name="run-evidence-file"),
            *super().get_urls(),
        ]

    def evidence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        page = self._page(request, pk)
        context = self.admin_site.each_context(request) | {
            "page": page,
            "title": f"Evidence of {page.run}",
            "opts": Run._meta,
        }
        return TemplateResponse(request, "scheduling/evidence.html", context)

    def evidence_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same as one file."""
        return file_response(self._page(request, pk))

    def _page(self, request: HttpRequest, pk: int) -> EvidencePage:
        run = get_object_or_404(Run.objects.select_related("registered_model"), pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return evidence_page(run, reader=request.user)
