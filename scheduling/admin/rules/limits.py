"""The limits of one check for one model, each a field made from the check's own; empty for the default."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from predictions.admin.base import in_words
from predictions.admin.editing import WithHistory
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from scheduling.admin.rules.back_tests import WithBackTest
from scheduling.admin.rules.limit_form import form_of
from scheduling.checks import CHECKS_BY_ID
from scheduling.models import CheckLimit
from scheduling.models.checks import blocking_by_default


@admin.register(CheckLimit)
class CheckLimitAdmin(WithBackTest, OfModel, WithHistory):
    """The limits that differ from the defaults. A model's page shows all of its checks."""

    class Media:
        css = {"all": ["scheduling/admin.css"]}

    edited_by = May.CHANGE_POLICY
    list_display = ("registered_model", "check_id", "asked", "stops", "limits")
    list_display_links = ("check_id",)
    list_filter = (("registered_model", ModelFilter), "check_id")
    readonly_fields = ("registered_model", "check_id")
    asked = in_words("enabled", "asked", no="switched off")
    stops = in_words("blocking", "a failure stops the promotion", no="no, it is reported", none="the default")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of the row's check; for a new row, of the check in the query string."""
        model, check_id = (obj.registered_model, obj.check_id) if obj else _named(request)
        return form_of(model, check_id)

    def changes_of(self, row: CheckLimit) -> dict[str, Any]:
        """A check that the program no longer has changes nothing."""
        check = CHECKS_BY_ID.get(row.check_id)
        if check is None or not row.enabled:
            return {"disabled": [row.check_id]}
        usual = row.check_id in blocking_by_default(row.registered_model)
        blocks = usual if row.blocking is None else row.blocking
        limits = {row.check_id: check.limits | row.limits} if check.limits else {}
        return {"limits": limits, "not_blocking": [] if blocks else [row.check_id]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.readonly_fields, *self.get_form(request, obj).base_fields]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Without "add another": another check has another form. The title is what the check asks."""
        row = self.get_object(request, object_id) if object_id else None
        check = CHECKS_BY_ID.get(row.check_id if row else request.GET.get("check_id", ""))
        context = {"show_save_and_add_another": False} | (extra_context or {})
        context |= {"title": f"Limits of the check “{check.title}”"} if check else {}
        return super().changeform_view(request, object_id, form_url, context)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form for the check in the query string, which the links on a model's page fill in."""
        model, check_id = _named(request)
        if model is None or check_id not in CHECKS_BY_ID:
            self.message_user(request, "Choose a model here, then open one of its checks.", messages.INFO)
            return HttpResponseRedirect(admin_path("predictions_registeredmodel_changelist"))
        if not allowed(request.user, May.CHANGE_POLICY, model):
            raise PermissionDenied
        there = CheckLimit.objects.filter(registered_model=model, check_id=check_id).first()
        if there and request.method == "GET":
            return HttpResponseRedirect(admin_path("scheduling_checklimit_change", there.pk))
        return super().add_view(request, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: CheckLimit) -> HttpResponseRedirect:
        return HttpResponseRedirect(admin_path("model-checks", obj.registered_model_id))

    response_post_save_change = response_post_save_add

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: to go back to the defaults, empty the fields. The row keeps its history."""
        return False


def _named(request: HttpRequest) -> tuple[Any, str]:
    named = request.GET.get("registered_model", "")
    model = RegisteredModel.objects.filter(pk=named).first() if named.isdecimal() else None
    return model, request.GET.get("check_id", "")
