"""A page that makes one person, who may be new, an approver of one model, and leads back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

from predictions.models import RegisteredModel
from predictions.models.people.access import May
from predictions.models.people.accounts import people
from predictions.models.people.roles import APPROVER, WHAT, add
from predictions.paths import admin_path
from scheduling.admin.access import AccessPages, refuse_without_roles
from scheduling.admin.model_pages import model_for


class GiveForm(forms.Form):
    """Who gets the role, beside what they have."""

    person: Any = forms.ModelChoiceField(None)
    staff = forms.BooleanField(
        required=False, initial=True, label="Let this person log in to these pages (“staff status”)"
    )

    def __init__(self, *args: Any, admin_site: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = people().filter(is_active=True)
        # With the admin's own plus sign, which adds an account in a window and chooses it here.
        rel: Any = LogEntry._meta.get_field("user").remote_field
        accounts = admin_site.get_model_admin(rel.model) if admin_site.is_registered(rel.model) else None
        self.adds = bool(accounts and accounts.has_add_permission(request))
        person.widget = RelatedFieldWidgetWrapper(person.widget, rel, admin_site, can_add_related=self.adds)
        if not _may_make_staff(request.user):
            del self.fields["staff"]


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
        sent = request.POST if request.method == "POST" else None
        form = GiveForm(sent, admin_site=self.admin_site, request=request)
        if form.is_valid():
            said = self._add(request, model, form.cleaned_data)
            self.message_user(request, said, messages.SUCCESS)
            return HttpResponseRedirect(back)
        return self.page(
            request, model, "scheduling/give_role.html", title=f"Give the role “{APPROVER}” for {model}",
            form=form, role=APPROVER, what=WHAT[APPROVER], back=back,
        )  # fmt: skip

    def _add(self, request: HttpRequest, model: RegisteredModel, chosen: dict[str, Any]) -> str:
        who = chosen["person"]
        add(who, APPROVER, model)
        said = f"{who} has the role “{APPROVER}” for {model} now."
        if chosen.get("staff") and not who.is_staff:
            who.is_staff = True
            who.save(update_fields=["is_staff"])
            said += f" {who} can log in to these pages."
        elif not getattr(who, "is_staff", True):
            said += f" To log in to these pages, {who} also needs “staff status” in the account."
        self.log_change(request, model, said)
        return said


def _may_make_staff(user: Any) -> bool:
    """Whether accounts have such a column and this person may change it."""
    meta = user._meta
    named = {field.name for field in meta.get_fields()}
    return "is_staff" in named and user.has_perm(f"{meta.app_label}.change_{meta.model_name}")


def _next(request: HttpRequest) -> str:
    """Return the page of ours that the reader came from; empty for any other."""
    path = request.GET.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
