"""Who is told of what, with buttons that send a test and make a new secret."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from predictions.admin.base import column, in_words
from predictions.admin.shown_once import ShowsOnce, shown_once
from predictions.models import RegisteredModel
from predictions.models.people.accounts import address_of
from predictions.paths import admin_path
from scheduling.admin.telling.of_person import OfPerson
from scheduling.admin.telling.subscription_form import SubscriptionForm
from scheduling.models import Delivery, Subscription
from scheduling.models.notices.subscription import events_in_words
from scheduling.notifications.publishing import publish_test
from scheduling.notifications.receivers import keep_receiver

NO_HOST = (
    "No e-mail can be sent yet: the setting EMAIL_HOST is empty. Messages wait until an administrator "
    "fills it."
)
HINT = "The receiver checks the signature of each webhook with it. The one before, if there was one, is void."


@admin.register(Subscription)
class SubscriptionAdmin(ShowsOnce, OfPerson, admin.ModelAdmin):
    """Everybody chooses what they are told of."""

    class Media:
        css = {"all": ["scheduling/admin.css", "predictions/run_pages.css"]}

    person = "person"
    form = SubscriptionForm
    change_form_template = "scheduling/subscription_form.html"
    list_display = ("person", "registered_model", "channel", "to", "told_of", "is_on")
    list_filter = ("channel", "enabled")
    list_select_related = ("person", "registered_model")
    radio_fields: ClassVar[Any] = {"channel": admin.VERTICAL}

    is_on = in_words("enabled", "is told", no="no, switched off")
    told_of = column("told of", lambda row: events_in_words(row.events))
    to = column("to", lambda row: row.address[:40] or address_of(row.person) or "–")
    has_add_permission = OfPerson.has_module_permission
    has_change_permission = has_delete_permission = OfPerson.has_view_permission

    @method_decorator(sensitive_post_parameters("address"))
    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        """A report of an error does not show the URL."""
        return super().changeform_view(*args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """An administrator mostly subscribes themselves too."""
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only an administrator chooses the person."""
        fields = list(SubscriptionForm.Meta.fields)
        return fields if request.user.is_superuser else fields[1:]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What was sent goes with it, also where the person may not delete a delivery alone."""
        listed, counts, needed, protected = super().get_deleted_objects(objs, request)
        return listed, counts, needed - {Delivery._meta.verbose_name}, protected

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
        """Keep the URL, and make the secret of a webhook. Nobody but an administrator subscribes others."""
        if not change and not request.user.is_superuser:
            obj.person = request.user  # type: ignore[assignment]  # staff only
        anew = "_new_secret" in request.POST
        form.instance.new_secret = keep_receiver(obj, url=form.url, anew=anew)
        super().save_model(request, obj, form, change)
        if obj.channel == Subscription.Channel.EMAIL and not settings.EMAIL_HOST:
            self.message_user(request, NO_HOST, messages.WARNING)
        if "_test" in request.POST:
            publish_test(obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._answer(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._answer(request, obj) or super().response_change(request, obj)

    def _answer(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """Show a secret that was just made. After a test go to the list that tells what became of it."""
        tested = "_test" in request.POST
        back = admin_path(f"scheduling_{'delivery' if tested else 'subscription'}_changelist")
        if tested:
            said = "Saved. The scheduler sends the test within seconds; this list says what became of it."
            self.message_user(request, said, messages.SUCCESS)
        if secret := getattr(obj, "new_secret", ""):
            title = "The secret of this webhook"
            return shown_once(request, self, title=title, secret=secret, hint=HINT, back=back)
        return HttpResponseRedirect(back) if tested else None
