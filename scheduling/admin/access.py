"""A model's page of access: which people and groups have which role, and a form that changes one of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from predictions.models import RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May
from predictions.models.people.accounts import people
from predictions.models.people.roles import ROLES, give, roles_of
from predictions.paths import admin_path
from scheduling.admin.model_pages import model_for
from scheduling.admin.simulations import SimulationPages

WHAT = {
    "reader": "reads versions, runs and evidence, and asks for predictions",
    "client": "also sends true labels",
    "operator": "also reads the prediction log, registers data and versions, requests runs, promotes, "
    "rolls back, holds, and changes the model, its policy, limits and schedules",
    "approver": "reads, asks, and approves or refuses what waits for a person",
}


class AccessForm(forms.Form):
    """Which roles a person or group has from now on; none takes all away."""

    who = forms.ChoiceField(label="Person or group")
    roles = forms.MultipleChoiceField(
        choices=[(role, f"{role}: {what}") for role, what in WHAT.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Select none to take the access away.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.order_by("name")
        self.named = {f"person {one.pk}": one for one in people()} | {
            f"group {one.pk}": one for one in groups
        }
        field: Any = self.fields["who"]
        field.choices = [(key, who_in_words(one)) for key, one in self.named.items()]

    def clean_who(self) -> Any:
        return self.named[self.cleaned_data["who"]]


class AccessPages(SimulationPages):
    """Adds the page."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.access_view)
        return [path("<int:pk>/access/", view, name="model-access"), *super().get_urls()]

    def access_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show who has which role; POST gives a person or group exactly the chosen roles."""
        if not grants.ARE_KEPT:
            raise Http404("Roles for one model need django-guardian in INSTALLED_APPS.")
        model = model_for(request, pk, May.CHOOSE_ACCESS)
        form = AccessForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            roles = [(role, WHAT[role], map(who_in_words, found)) for role, found in roles_of(model).items()]
            title = f"Access to {model}"
            return self.page(request, model, "scheduling/access.html", title=title, form=form, roles=roles)
        said = self._given(request, model, form.cleaned_data["who"], set(form.cleaned_data["roles"]))
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(admin_path("model-access", pk))

    def _given(self, request: HttpRequest, model: RegisteredModel, who: Any, roles: set[str]) -> str:
        give(who, roles, model)
        named = " and ".join(role for role in ROLES if role in roles) or "no role"
        said = f"Access: {who_in_words(who)} has {named} now."
        self.log_change(request, model, said)
        return said


def who_in_words(who: Any) -> str:
    """Return the name of a person, or of a group as such."""
    return f"group {who}" if isinstance(who, Group) else str(who)
