"""API tokens: made here, shown once, stored as a hash, with an expiry."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from knox.models import get_token_model

from predictions.admin.shown_once import ShowsOnce, shown_once
from predictions.conf import MAX_TOKEN_DAYS, config
from predictions.paths import admin_path

AuthToken: Any = get_token_model()

import_module("knox.admin")  # knox may come later in INSTALLED_APPS
if admin.site.is_registered(AuthToken):
    admin.site.unregister(AuthToken)  # knox's own page cannot make one


class TokenForm(forms.ModelForm):
    """Whose token, and for how long."""

    days = forms.IntegerField(min_value=1, max_value=MAX_TOKEN_DAYS, initial=lambda: config.TOKEN_DAYS)

    class Meta:
        model = AuthToken
        fields = ("user",)


@admin.register(AuthToken)
class AuthTokenAdmin(ShowsOnce, admin.ModelAdmin):
    """Tokens can be made and deleted, not changed."""

    list_display = ("user", "token_key", "created", "expiry")
    form = TokenForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Show the token: only its hash is kept."""
        back = admin_path(f"{self.opts.app_label}_{self.opts.model_name}_changelist")
        title, hint = f"The token of {obj.user}", "A caller sends it as Authorization: Token …"
        return shown_once(request, self, title=title, secret=obj.new_token, hint=hint, back=back)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the token."""
        expiry = timedelta(days=form.cleaned_data["days"])
        instance, token = AuthToken.objects.create(form.cleaned_data["user"], expiry=expiry)
        obj.__dict__.update(instance.__dict__)
        obj.new_token = token
