"""A page that makes one person, who may be new, an approver of one model, and leads back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

from predictions.models.people.access import May
from predictions.models.people.roles import APPROVER, WHAT
from predictions.paths import admin_path
from scheduling.admin.access import AccessPages, refuse_without_roles
from scheduling.admin.model_pages import model_for
from scheduling.admin.rules.approver_form import ApproverForm


class GivingPages(AccessPages):
    """Adds the page."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.give_view)
        return [path("<int:pk>/access/approver/", view, name="model-approver"), *super().get_urls()]

    def give_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a person; POST gives them the role and leads to `next`."""
        refuse_without_roles()
        model = model_for(request, pk, May.CHOOSE_ACCESS)
        back = _next(request) or admin_path("model-access", pk)
        form = ApproverForm(request.POST if request.method == "POST" else None)
        adds = form.fit(self.admin_site, request)
        if form.is_valid():
            said = form.save(model)
            self.log_change(request, model, said)
            self.message_user(request, said, messages.SUCCESS)
            return HttpResponseRedirect(back)
        return self.page(
            request, model, "scheduling/give_role.html", title=f"Give the role “{APPROVER}” for {model}",
            form=form, adds=adds, role=APPROVER, what=WHAT[APPROVER], back=back,
        )  # fmt: skip


def _next(request: HttpRequest) -> str:
    """Return the page of ours that the reader came from; empty for any other."""
    path = request.GET.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
