"""Fields that choose one person, who may be new, and make them an approver of a model."""

from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest

from predictions.models import RegisteredModel
from predictions.models.people.accounts import people
from predictions.models.people.roles import APPROVER, add


class ApproverForm(forms.Form):
    """Who gets the role, beside what they have. `fit` makes it ready."""

    person: Any = forms.ModelChoiceField(None)
    staff = forms.BooleanField(
        required=False, initial=True, label="Let this person log in to these pages (“staff status”)"
    )

    def fit(self, admin_site: Any, request: HttpRequest, *, but: list[str] | None = None) -> bool:
        """Offer the people who are active, without some names; return whether new ones can be added."""
        person: Any = self.fields["person"]
        active = people().filter(is_active=True)
        person.queryset = active.exclude(**{f"{active.model.USERNAME_FIELD}__in": but or []})
        # With the admin's own plus sign, which adds an account in a window and chooses it here.
        rel: Any = LogEntry._meta.get_field("user").remote_field
        accounts = admin_site.get_model_admin(rel.model) if admin_site.is_registered(rel.model) else None
        adds = bool(accounts and accounts.has_add_permission(request))
        person.widget = RelatedFieldWidgetWrapper(person.widget, rel, admin_site, can_add_related=adds)
        if not _may_make_staff(request.user):
            del self.fields["staff"]
        return adds

    def save(self, model: RegisteredModel) -> str:
        """Give the role; return what was done."""
        who = self.cleaned_data["person"]
        add(who, APPROVER, model)
        said = f"{who} has the role “{APPROVER}” for {model} now."
        if self.cleaned_data.get("staff") and not who.is_staff:
            who.is_staff = True
            who.save(update_fields=["is_staff"])
            said += f" {who} can log in to these pages."
        elif not getattr(who, "is_staff", True):
            said += f" To log in to these pages, {who} also needs “staff status” in the account."
        return said


def _may_make_staff(user: Any) -> bool:
    """Whether accounts have such a column and this person may change it."""
    meta = user._meta
    named = {field.name for field in meta.get_fields()}
    return "is_staff" in named and user.has_perm(f"{meta.app_label}.change_{meta.model_name}")
