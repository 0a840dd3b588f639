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
from predictions.models.people.roles import ROLES, WHAT, give, roles_of
from predictions.paths import admin_path
from predictions.paths.tokens import page_of_tokens
from scheduling.admin.model_pages import model_for
from scheduling.admin.simulations import SimulationPages


class WhoForm(forms.Form):
    """Whose roles are shown."""

    who = forms.ChoiceField(label="Person or group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.order_by("name")
        self.named = {key_of(one): one for one in (*people(), *groups)}
        field: Any = self.fields["who"]
        field.choices = [(key, who_in_words(one)) for key, one in self.named.items()]

    def clean_who(self) -> Any:
        return self.named[self.cleaned_data["who"]]


class AccessForm(WhoForm):
    """Which roles a person or group has from now on; none takes all away."""

    who = forms.ChoiceField(widget=forms.HiddenInput)
    roles = forms.MultipleChoiceField(
        choices=[(role, f"{role}: {what}") for role, what in WHAT.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ticked are the present roles. Tick none to take the access away.",
    )


class AccessPages(SimulationPages):
    """Adds the page."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.access_view)
        return [path("<int:pk>/access/", view, name="model-access"), *super().get_urls()]

    def access_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show who has which role; POST gives a person or group exactly the chosen roles."""
        refuse_without_roles()
        model = model_for(request, pk, May.CHOOSE_ACCESS)
        form = AccessForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._access_page(request, model, form)
        said = self._given(request, model, form.cleaned_data["who"], set(form.cleaned_data["roles"]))
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(admin_path("model-access", pk))

    def _access_page(self, request: HttpRequest, model: RegisteredModel, sent: AccessForm) -> HttpResponse:
        """Who has which role; and the boxes of the one who is asked about, ticked as things are."""
        held = roles_of(model)
        asked = WhoForm(request.GET if "who" in request.GET else None)
        who = asked.cleaned_data["who"] if asked.is_valid() else None
        ticked = [role for role, found in held.items() if who in found]
        shown = AccessForm(initial={"who": request.GET.get("who"), "roles": ticked})
        roles = [(role, WHAT[role], [(key_of(one), who_in_words(one)) for one in found])
                 for role, found in held.items()]  # fmt: skip
        return self.page(
            request, model, "scheduling/access.html", title=f"Access to {model}", roles=roles, asked=asked,
            makes_tokens=page_of_tokens(request.user),
            form=sent if sent.is_bound else shown if who else None, who=who and who_in_words(who),
        )  # fmt: skip

    def _given(self, request: HttpRequest, model: RegisteredModel, who: Any, roles: set[str]) -> str:
        give(who, roles, model)
        named = " and ".join(role for role in ROLES if role in roles) or "no role"
        said = f"Access: {who_in_words(who)} has {named} now."
        if roles and not getattr(who, "is_staff", True):
            said += f" To log in to these pages, {who} also needs “staff status” in the account."
        self.log_change(request, model, said)
        return said


def refuse_without_roles() -> None:
    """Raise `Http404` where nothing is kept for one model alone."""
    if not grants.ARE_KEPT:
        raise Http404("Roles for one model need django-guardian in INSTALLED_APPS.")


def key_of(who: Any) -> str:
    """Return what names a person or group in a form."""
    return f"{'group' if isinstance(who, Group) else 'person'} {who.pk}"


def who_in_words(who: Any) -> str:
    """Return the name of a person, or of a group as such."""
    return f"group {who}" if isinstance(who, Group) else str(who)
