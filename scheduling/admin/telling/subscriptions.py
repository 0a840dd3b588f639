"""Who is told of what: a form that asks in words, and a button that sends a test."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from predictions.admin.base import column
from predictions.models import RegisteredModel
from predictions.models.people import address_of
from predictions.paths import admin_path
from scheduling.admin.telling.of_person import OfPerson
from scheduling.models import Subscription
from scheduling.models.notices.subscription import HELP, Event
from scheduling.notifications.posting import refusal_of
from scheduling.notifications.publishing import publish_test
from scheduling.notifications.signing import new_secret

Channel = Subscription.Channel
CHOICES = [choice for choice in Event.choices if choice[0] != Event.TEST]


class SubscriptionForm(forms.ModelForm):
    """Events are ticked; the address is of the channel's kind."""

    user: Any  # who fills it in; set by the page
    events = forms.MultipleChoiceField(
        choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple, help_text=HELP["events"]
    )

    class Meta:
        model = Subscription
        fields = (
            "person", "registered_model", "channel", "address", "events", "quiet_from", "quiet_until",
            "enabled",
        )  # fmt: skip

    def clean_address(self) -> str:
        """Refuse what the channel cannot use; an e-mail of another only an administrator may enter."""
        address: str = self.cleaned_data["address"].strip()
        if self.cleaned_data.get("channel") != Channel.EMAIL:
            if refusal := refusal_of(address):
                raise ValidationError(f"Enter another URL: {refusal}.")
        elif address:
            validate_email(address)
            if not self.user.is_superuser and address != address_of(self.user):
                raise ValidationError("Leave it empty: only an administrator may enter another address.")
        return address

    def clean(self) -> dict[str, Any] | None:
        """Quiet hours have both ends."""
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            self.add_error("quiet_until", "Enter both ends of the quiet hours, or none.")
        return cleaned


@admin.register(Subscription)
class SubscriptionAdmin(OfPerson, admin.ModelAdmin):
    """Everybody chooses what they are told of."""

    class Media:
        css = {"all": ["scheduling/admin.css", "predictions/run_pages.css"]}

    person = "person"
    form = SubscriptionForm
    change_form_template = "scheduling/subscription_form.html"
    list_display = ("person", "registered_model", "channel", "to", "enabled")
    list_filter = ("channel", "enabled")
    list_select_related = ("person", "registered_model")
    readonly_fields = ("secret",)
    radio_fields: ClassVar[Any] = {"channel": admin.VERTICAL}

    to = column("to", lambda row: row.address.split("?")[0][:40] or address_of(row.person) or "–")
    has_add_permission = OfPerson.has_module_permission
    has_change_permission = has_delete_permission = OfPerson.has_view_permission

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only an administrator chooses the person; the secret is there once it is made."""
        fields = list(SubscriptionForm.Meta.fields)
        shown = fields if request.user.is_superuser else fields[1:]
        return [*shown, "secret"] if obj and obj.secret else shown

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is RegisteredModel:
            kwargs["queryset"] = RegisteredModel.objects.visible_to(request.user)
            kwargs["empty_label"] = "All of them, and the scheduler"
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """People and models are chosen here, and not made or changed on the way."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        """Make the secret of a webhook. Nobody but an administrator subscribes others."""
        if not change and not request.user.is_superuser:
            obj.person = request.user  # type: ignore[assignment]  # staff only
        if obj.channel == Channel.WEBHOOK and not obj.secret:
            obj.secret = new_secret()
        super().save_model(request, obj, form, change)
        if "_test" in request.POST:
            publish_test(obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._to_deliveries(request) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._to_deliveries(request) or super().response_change(request, obj)

    def _to_deliveries(self, request: HttpRequest) -> HttpResponse | None:
        if "_test" not in request.POST:
            return None
        said = "Saved. The scheduler sends the test within seconds; this list says what became of it."
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(admin_path("scheduling_delivery_changelist"))
