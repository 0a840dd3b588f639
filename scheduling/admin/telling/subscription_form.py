"""The form of a subscription: it asks in words, and shows no URL that is kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from predictions.models.people.accounts import address_of
from scheduling.models import Subscription
from scheduling.models.notices.subscription import Event
from scheduling.notifications.posting import refusal_of
from scheduling.notifications.receivers import host_of
from scheduling.notifications.sealing import can_read

Channel = Subscription.Channel
ALL = "all"  # kept as an empty list
CHOICES = [(ALL, "all of them"), *(choice for choice in Event.choices if choice[0] != Event.TEST)]
NO_ADDRESS = (
    "The account {} has no e-mail address, so no message would arrive. {}, or choose another channel."
)


class SubscriptionForm(forms.ModelForm):
    """Events are ticked; the address is of the channel's kind. `url`: the one that was entered."""

    user: Any  # who fills it in; set by the page
    url = ""
    events = forms.MultipleChoiceField(
        choices=CHOICES, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what to be told of: single events, or all of them."},
    )  # fmt: skip

    class Meta:
        model = Subscription
        fields = (
            "person", "registered_model", "channel", "address", "events", "quiet_from", "quiet_until",
            "enabled",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance.events:
            self.initial["events"] = [ALL]
        if self.instance.sealed_url:
            self.initial["address"] = ""
            kept = f"A URL of {self.instance.address} is kept. Leave this empty to keep it, or enter another."
            self.fields["address"].help_text = kept

    def clean_address(self) -> str:
        """Return what people may read: an e-mail address, or the host of a URL."""
        entered: str = self.cleaned_data["address"].strip()
        channel = self.cleaned_data.get("channel")
        if channel == Channel.EMAIL:
            return self._email(entered)
        if not entered and channel == self.instance.channel and self.instance.sealed_url:
            if not can_read(self.instance.sealed_url):
                raise ValidationError("Enter the URL again: it was encrypted with another SECRET_KEY.")
            return self.instance.address
        if refusal := refusal_of(entered):
            raise ValidationError(f"Enter another URL: {refusal}.")
        self.url = entered
        return host_of(entered)

    def _email(self, entered: str) -> str:
        """An e-mail address of another only an administrator may enter."""
        if entered:
            validate_email(entered)
            if not self.user.is_superuser and entered != address_of(self.user):
                raise ValidationError("Leave it empty: only an administrator may enter another address.")
        return entered

    def clean_events(self) -> list[str]:
        """Return the events; an empty list for all."""
        chosen: list[str] = self.cleaned_data["events"]
        if ALL in chosen and len(chosen) > 1:
            raise ValidationError("Choose all of them or single events, not both.")
        return [] if chosen == [ALL] else chosen

    def clean(self) -> dict[str, Any] | None:
        """Quiet hours have both ends."""
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            self.add_error("quiet_until", "Enter both ends of the quiet hours, or none.")
        if cleaned.get("channel") == Channel.EMAIL and cleaned.get("address") == "":
            self._require_address(cleaned)
        return cleaned

    def _require_address(self, cleaned: dict[str, Any]) -> None:
        """An empty address is that of the account, which may have none."""
        person = cleaned.get("person") or (self.instance.person if self.instance.pk else self.user)
        if address_of(person):
            return
        remedy = "Enter one here or in the account" if self.user.is_superuser else (
            "Ask an administrator to enter one in the account"
        )  # fmt: skip
        self.add_error("address", NO_ADDRESS.format(person, remedy))
